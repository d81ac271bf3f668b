// A ring carries bytes from one writer to one reader, once and in order, whatever sizes they take.
#include <cohort/team/pipes.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace cohort::detail {
namespace {

std::byte byte_at(std::uint64_t position) { return static_cast<std::byte>(position * 2654435761U >> 24); }

TEST(Ring, TakesNoMoreThanItsCapacity) {
    const auto ring = std::make_unique<Ring>();
    const std::vector<std::byte> data(Ring::capacity + 1);
    EXPECT_EQ(ring->write_some(data), Ring::capacity);
    EXPECT_EQ(ring->write_some(data), 0U);
    std::vector<std::byte> out(10);
    EXPECT_EQ(ring->read_some(out), 10U);
    EXPECT_EQ(ring->write_some(data), 10U);
}

TEST(Ring, GivesNothingWhenEmpty) {
    const auto ring = std::make_unique<Ring>();
    std::vector<std::byte> out(10);
    EXPECT_TRUE(ring->empty());
    EXPECT_EQ(ring->read_some(out), 0U);
}

TEST(Ring, KeepsBytesInOrderBetweenTwoThreads) {
    constexpr std::uint64_t total = 20'000'000;
    const auto ring = std::make_unique<Ring>();
    std::thread writer([&] {
        std::mt19937_64 random(1);
        std::vector<std::byte> data;
        for (std::uint64_t sent = 0; sent < total;) {
            const auto count = std::min<std::uint64_t>(random() % 10'000, total - sent);
            data.resize(count);
            for (std::uint64_t i = 0; i < count; ++i) {
                data[i] = byte_at(sent + i);
            }
            std::size_t taken = 0;
            while (taken < count) {
                taken += ring->write_some(std::span(data).subspan(taken));
                std::this_thread::yield();
            }
            sent += count;
        }
    });
    std::mt19937_64 random(2);
    std::vector<std::byte> data;
    std::uint64_t wrong = 0;
    for (std::uint64_t received = 0; received < total;) {
        data.resize(random() % 10'000);
        const std::size_t count = ring->read_some(data);
        for (std::size_t i = 0; i < count; ++i) {
            wrong += data[i] != byte_at(received + i) ? 1U : 0U;
        }
        received += count;
        std::this_thread::yield();
    }
    writer.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_TRUE(ring->empty());
}

}  // namespace
}  // namespace cohort::detail

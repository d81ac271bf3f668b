// What is compressed comes back, whatever is in it, and what cannot shrink is not made longer.

#include <cohort/plan/random.hpp>
#include <cohort/store/deflater.hpp>

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cohort::detail {
namespace {

using Bytes = std::vector<std::byte>;

Bytes inflated(std::span<const std::byte> compressed, std::size_t size) {
    const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> tool(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    Bytes bytes(size);
    const auto result = libdeflate_zlib_decompress(tool.get(), compressed.data(), compressed.size(),
                                                   bytes.data(), size, nullptr);
    EXPECT_EQ(result, LIBDEFLATE_SUCCESS);
    return bytes;
}

Bytes unshuffled(const Bytes& bytes, std::size_t number_bytes) {
    const std::size_t numbers = bytes.size() / number_bytes;
    Bytes back(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) back[i % numbers * number_bytes + i / numbers] = bytes[i];
    return back;
}

template <typename T>
Bytes bytes_of(std::size_t count, const std::function<T(std::size_t)>& number) {
    Bytes bytes(count * sizeof(T));
    for (std::size_t i = 0; i < count; ++i) {
        const T value = number(i);
        std::memcpy(&bytes[i * sizeof(T)], &value, sizeof(T));
    }
    return bytes;
}

// Returns how many bytes are left, all if they are left as they are.
std::size_t expect_back(const Bytes& numbers, std::size_t number_bytes, int level, bool shuffle) {
    Deflater deflater(level, shuffle, number_bytes);
    const bool is_shuffled = shuffle && number_bytes > 1;
    std::size_t left = 0;
    for (int turn = 0; turn < 2; ++turn) {
        const Deflater::Result result = deflater.compress(numbers);
        left = result.bytes.size();
        EXPECT_LE(left, numbers.size());
        if (result.skipped != 0) {
            EXPECT_EQ(result.skipped, is_shuffled ? 3U : 1U);
            EXPECT_EQ(Bytes(result.bytes.begin(), result.bytes.end()), numbers);
        } else {
            const Bytes back = inflated(result.bytes, numbers.size());
            EXPECT_EQ(is_shuffled ? unshuffled(back, number_bytes) : back, numbers);
        }
    }
    return left;
}

constexpr std::size_t sizes[] = {1, 2, 15, 16, 17, 1000, 32'768, 32'769, 65'535, 65'536, 131'072, 200'001};

class EveryLevel : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Deflater, EveryLevel, testing::Values(1, 2, 6));

TEST_P(EveryLevel, GivesBackWhatItWasGiven) {
    Random random(Seed(12), 0, 0);
    for (const std::size_t size : sizes) {
        for (const bool shuffle : {false, true}) {
            SCOPED_TRACE(std::to_string(size) + (shuffle ? " shuffled" : ""));
            expect_back(bytes_of<std::uint8_t>(size, [&](std::size_t) { return random() & 0xFFU; }), 1,
                        GetParam(), shuffle);
            expect_back(bytes_of<std::uint16_t>(size, [&](std::size_t i) { return i / 100; }), 2, GetParam(),
                        shuffle);
            expect_back(bytes_of<std::uint32_t>(size, [&](std::size_t) { return random() >> 40U; }), 4,
                        GetParam(), shuffle);
            expect_back(bytes_of<float>(size, [&](std::size_t i) { return 1 / (1 + static_cast<float>(i)); }),
                        4, GetParam(), shuffle);
            expect_back(bytes_of<std::uint64_t>(size, [](std::size_t) { return 0; }), 8, GetParam(), shuffle);
            std::uint64_t last = 1'000'000'000'000;
            expect_back(
                bytes_of<std::uint64_t>(size, [&](std::size_t) { return last += 2 + 2 * random.below(30); }),
                8, GetParam(), shuffle);
        }
    }
}

TEST_P(EveryLevel, LeavesLittleOfWhatRepeats) {
    constexpr std::size_t count = 100'000;
    // Bytes that are varied, but repeat.
    EXPECT_LT(
        expect_back(bytes_of<std::uint64_t>(count, [](std::size_t i) { return i; }), 8, GetParam(), true),
        count / 8);
    EXPECT_LT(expect_back(bytes_of<std::uint64_t>(count, [](std::size_t) { return 7; }), 8, GetParam(), true),
              count / 16);
    // Two bytes of eight are noise.
    Random random(Seed(13), 0, 0);
    EXPECT_LT(expect_back(bytes_of<std::uint64_t>(count, [&](std::size_t) { return random() >> 48U; }), 8,
                          GetParam(), true),
              2 * count + count / 32);
}

TEST_P(EveryLevel, LeavesNoiseAsItIs) {
    Random random(Seed(14), 0, 0);
    const Bytes noise = bytes_of<std::uint64_t>(50'000, [&](std::size_t) { return random(); });
    EXPECT_EQ(expect_back(noise, 8, GetParam(), true), noise.size());
}

}  // namespace
}  // namespace cohort::detail

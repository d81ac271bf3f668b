// The bytes come in the order that HDF5's filter gives them, whatever number of numbers there are.

#include <cohort/store/shuffle.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace cohort::detail {
namespace {

TEST(Shuffle, PutsTheFirstBytesOfAllNumbersFirst) {
    for (const std::size_t bytes : {2U, 4U, 8U}) {
        for (std::size_t count = 0; count < 100; ++count) {
            std::vector<std::byte> numbers(bytes * count);
            for (std::size_t i = 0; i < numbers.size(); ++i)
                numbers[i] = static_cast<std::byte>(i * i + i / 16);
            std::vector<std::byte> expected;
            for (std::size_t byte = 0; byte < bytes; ++byte)
                for (std::size_t i = 0; i < count; ++i) expected.push_back(numbers[i * bytes + byte]);

            std::vector<std::byte> shuffled(numbers.size());
            shuffle(numbers, bytes, shuffled);
            ASSERT_EQ(shuffled, expected) << count << " numbers of " << bytes << " bytes";
        }
    }
}

}  // namespace
}  // namespace cohort::detail

// What is kept in a byte each comes back as it was, also where a byte is not enough.

#include <cohort/plan/random.hpp>
#include <primes/gaps.hpp>
#include <primes/sieve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace cohort::primes {
namespace {

using List = std::vector<std::uint64_t>;

// In blocks of random sizes.
List kept_and_read(const List& numbers, Random& random) {
    GapList kept;
    for (std::size_t at = 0; at < numbers.size();) {
        const std::size_t count = std::min<std::size_t>(random.below(50), numbers.size() - at);
        kept.add(std::span(numbers).subspan(at, count));
        at += count;
    }
    List read;
    List block(1 + random.below(50));
    while (const std::size_t count = kept.read(block)) {
        read.insert(read.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
    }
    return read;
}

TEST(GapList, GivesBackPrimesFromAnywhere) {
    Random random(Seed(46), 0, 0);
    for (const Range numbers :
         {Range{0, 0}, Range{0, 3}, Range{0, 100'000}, Range{3, 1}, Range{1'000'000'000, 300'000},
          Range{std::numeric_limits<std::uint64_t>::max() - 20'000, 20'001}}) {
        PrimeStream stream(numbers);
        List primes(20'000);
        stream.turn_to(numbers);
        primes.resize(stream.read(primes));
        EXPECT_EQ(kept_and_read(primes, random), primes) << "from " << numbers.first;
    }
}

// The largest gap that fits is 510. Odd ones, and all larger ones, do not.
TEST(GapList, GivesBackNumbersWithAnyGaps) {
    Random random(Seed(47), 0, 0);
    for (int trial = 0; trial < 100; ++trial) {
        List numbers = {random() >> (8 + random.below(56))};
        for (int i = 0; i < 500; ++i) {
            const std::uint64_t gap =
                random.below(4) != 0 ? 505 + random.below(10) : random() >> (32 + random.below(32));
            numbers.push_back(numbers.back() + std::max<std::uint64_t>(gap, 1));
        }
        ASSERT_EQ(kept_and_read(numbers, random), numbers);
    }
}

}  // namespace
}  // namespace cohort::primes

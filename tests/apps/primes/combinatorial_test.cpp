// Counting without sieving gives what others have counted, and what sieving gives.

#include <cohort/plan/random.hpp>
#include <primes/combinatorial.hpp>
#include <primes/estimates.hpp>
#include <primes/sieve.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace cohort::primes {
namespace {

TEST(CountCombinatorially, CountsWhatOthersHaveCounted) {
    const std::uint64_t below_powers_of_ten[] = {
        0,       4,         25,         168,         1229,          9592,          78'498,
        664'579, 5'761'455, 50'847'534, 455'052'511, 4'118'054'813, 37'607'912'018};
    std::uint64_t end = 1;
    for (const std::uint64_t count : below_powers_of_ten) {
        for (const int threads : {1, 2}) {
            EXPECT_EQ(count_combinatorially({0, end}, threads), count) << "below " << end;
        }
        end *= 10;
    }
    EXPECT_EQ(count_combinatorially({100'000'000'000, 100'000}, 1), 4019U);
}

TEST(CountCombinatorially, IsRightForEverySmallRange) {
    for (std::uint64_t from = 0; from < 70; ++from) {
        for (std::uint64_t count = 0; count < 70; ++count) {
            ASSERT_EQ(count_combinatorially({from, count}, 1), count_primes({from, count}))
                << count << " numbers from " << from;
        }
    }
}

TEST(CountCombinatorially, CountsTheSameAsTheSieve) {
    for (std::uint64_t trial = 0; trial < 60; ++trial) {
        Random random(Seed(44), 0, trial);
        const Range numbers{random() >> (26 + random.below(30)), random.below(3'000'000)};
        EXPECT_EQ(count_combinatorially(numbers, 1), count_primes(numbers))
            << numbers.count << " numbers from " << numbers.first;
    }
}

TEST(FasterMethod, IsCombinatorialForLongRangesAndTheSieveForShortOnesFarUp) {
    EXPECT_EQ(faster_method({0, 10'000'000'000}, 1, 1), Method::combinatorial);
    EXPECT_EQ(faster_method({0, std::numeric_limits<std::uint64_t>::max()}, 100'000, 64),
              Method::combinatorial);
    EXPECT_EQ(faster_method({1'000'000'000'000'000'000, 10'000'000'000}, 2, 2), Method::sieve);
    EXPECT_EQ(faster_method({1'000'000'000'000, 1'000'000'000'000}, 1, 1), Method::combinatorial);
    EXPECT_EQ(faster_method({1'000'000'000'000, 10'000'000}, 1, 1), Method::sieve);
    EXPECT_EQ(faster_method({7, 0}, 3, 3), Method::sieve);
}

// On many nodes all ranks sieve, while only one node's can count.
TEST(FasterMethod, DependsOnTheNodes) {
    const Range numbers{100'000'000'000'000'000, 100'000'000'000'000};
    EXPECT_EQ(faster_method(numbers, 64, 64), Method::combinatorial);
    EXPECT_EQ(faster_method(numbers, 640'000, 64), Method::sieve);
}

TEST(WiderCores, AreGivenBack) {
    const std::vector<int> all = own_cores();
    ASSERT_FALSE(all.empty());
    std::thread([&] {
        const WiderCores narrow({all.front()});
        {
            const WiderCores wide(all);
            EXPECT_EQ(own_cores(), all);
        }
        EXPECT_EQ(own_cores(), std::vector<int>{all.front()});
        const WiderCores none({});
        EXPECT_EQ(own_cores(), std::vector<int>{all.front()});
    }).join();
    EXPECT_EQ(own_cores(), all);
}

}  // namespace
}  // namespace cohort::primes

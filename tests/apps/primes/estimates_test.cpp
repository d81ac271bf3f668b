// Estimates are close to what is known, up to the top of 64 bits.

#include <primes/estimates.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace cohort::primes {
namespace {

// pi(10^k) for k = 1, 2, ...
constexpr std::array<double, 18> known = {4,
                                          25,
                                          168,
                                          1229,
                                          9592,
                                          78'498,
                                          664'579,
                                          5'761'455,
                                          50'847'534,
                                          455'052'511,
                                          4'118'054'813,
                                          37'607'912'018,
                                          346'065'536'839,
                                          3'204'941'750'802,
                                          29'844'570'422'669,
                                          279'238'341'033'925,
                                          2'623'557'157'654'233,
                                          24'739'954'287'740'860};

TEST(AboutPrimes, AreAboutAsManyAsThereAre) {
    double x = 1;
    for (const double count : known) {
        x *= 10;
        EXPECT_NEAR(about_primes_to(x), count, 1 + std::sqrt(x) / std::log(x)) << "to " << x;
    }
    EXPECT_NEAR(about_primes_to(0x1p64), static_cast<double>(primes_below_2_64), 1e9);
    EXPECT_EQ(about_primes_to(1), 0);
}

TEST(AboutPrimes, OfARangeAreRightFarUpToo) {
    EXPECT_EQ(about_primes_in({1000, 0}), 0);
    EXPECT_NEAR(about_primes_in({100'000'000'000, 100'000}), 4019, 100);
    EXPECT_NEAR(about_primes_in({std::numeric_limits<std::uint64_t>::max() - 443'613, 443'614}), 10'000, 100);
}

TEST(AboutNthPrime, IsCloseToTheNthPrime) {
    double x = 1;
    for (const double n : known) {
        x *= 10;
        EXPECT_NEAR(static_cast<double>(about_nth_prime(static_cast<std::uint64_t>(n))), x,
                    0.3 * x / std::sqrt(n) + std::log(x) * 3)
            << "n = " << n;
    }
    for (std::uint64_t n = 1; n < 20; ++n) {
        EXPECT_GE(about_nth_prime(n), 2U);
        EXPECT_LE(about_nth_prime(n), 80U);
    }
    EXPECT_GT(about_nth_prime(primes_below_2_64), std::uint64_t{18'446'744'000'000'000'000U});
}

TEST(SecondsToSieve, GrowWithTheRangeAndItsEnd) {
    EXPECT_NEAR(seconds_to_sieve({0, 10'000'000'000}), 1.0, 0.1);
    EXPECT_NEAR(seconds_to_sieve({1'000'000'000'000'000'000, 10'000'000'000}), 4.8, 0.1);
    EXPECT_EQ(seconds_to_sieve({7, 0}), 0);
}

TEST(NumbersToStartSieve, GrowWithTheRootOfTheEnd) {
    EXPECT_NEAR(numbers_to_start_sieve(1e18), 1.4e9, 0.03e9);
    EXPECT_NEAR(numbers_to_start_sieve(1e14), 3.4e7, 0.1e7);
    EXPECT_NEAR(numbers_to_start_sieve(1e10), 1.04e6, 0.01e6);
}

TEST(SecondsToCountCombinatorially, AreAsMeasured) {
    EXPECT_NEAR(seconds_to_count_combinatorially({0, 1'000'000'000'000'000}), 1.3, 0.1);
    EXPECT_NEAR(seconds_to_count_combinatorially({0, 100'000'000'000'000'000}), 21, 0.5);
    EXPECT_NEAR(seconds_to_count_combinatorially({100'000'000'000'000'000, 10}), 42, 1);
    EXPECT_EQ(seconds_to_count_combinatorially({0, 0}), 0);
}

}  // namespace
}  // namespace cohort::primes

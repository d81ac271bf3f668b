// Trial division finds the smallest factor of any 64-bit number, and knows how many candidates it tried.

#include <cohort/plan/random.hpp>
#include <primes/integers.hpp>
#include <primes/trial.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace cohort::primes {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

bool never() { return false; }

// From 2 to the root; n itself if it is prime.
std::uint64_t smallest_factor(std::uint64_t n) {
    const std::uint64_t last = root(n);
    if (last < 2) return n;
    return smallest_factor_in(n, {2, last - 1}, never).factor.value_or(n);
}

TEST(Root, IsTheLargestWhoseSquareIsNotAbove) {
    for (std::uint64_t r = 0; r < 3000; ++r) {
        EXPECT_EQ(root(r * r), r);
        EXPECT_EQ(root(r * r + 2 * r), r);
    }
    constexpr std::uint64_t top = 0xFFFF'FFFF;
    for (const std::uint64_t r : {std::uint64_t{94'906'265}, std::uint64_t{94'906'267}, top - 1, top}) {
        EXPECT_EQ(root(r * r), r);
        EXPECT_EQ(root(r * r - 1), r - 1);
    }
    EXPECT_EQ(root(most), top);
}

TEST(CandidatesTo, CountsThoseWithoutAFactorInCommonWith30AndItsPrimes) {
    std::uint64_t candidates = 0;
    for (std::uint64_t number = 0; number < 2000; ++number) {
        const bool is_candidate = number == 2 || number == 3 || number == 5 ||
                                  (number > 1 && number % 2 != 0 && number % 3 != 0 && number % 5 != 0);
        candidates += is_candidate ? 1 : 0;
        EXPECT_EQ(candidates_to(number), candidates) << "to " << number;
    }
}

TEST(SmallestFactor, IsWhatOthersHaveFound) {
    struct Known {
        std::uint64_t n;
        std::uint64_t factor;
    };
    for (const Known& known :
         {Known{112'272'535'095'295, 5}, Known{112'272'535'095'293, 112'272'535'095'293},
          Known{100'109'100'129'100'369, 95'362'951}, Known{100'109'100'129'101'027, 171'656'941},
          Known{100'109'100'129'100'151, 100'109'100'129'100'151},
          Known{100'109'100'129'162'907, 100'109'100'129'162'907}}) {
        EXPECT_EQ(smallest_factor(known.n), known.factor);
    }
}

TEST(SmallestFactor, IsRightForEverySmallNumber) {
    for (std::uint64_t n = 2; n < 30'000; ++n) {
        std::uint64_t expected = 2;
        while (n % expected != 0) ++expected;
        ASSERT_EQ(smallest_factor(n), expected);
    }
}

TEST(SmallestFactor, IsRightAtTheTopOf64Bits) {
    EXPECT_EQ(smallest_factor(most), 3U);
    EXPECT_EQ(smallest_factor(most - 1), 2U);
    EXPECT_EQ(smallest_factor(18'446'744'073'709'551'557U), 18'446'744'073'709'551'557U);
    constexpr std::uint64_t p = 4'294'967'291;  // the largest prime below 2^32
    EXPECT_EQ(smallest_factor(p * p), p);
}

// Where division changes from integers to doubles, at 2^14.
TEST(SmallestFactor, IsRightForEveryFactorAroundTheFirstFastOne) {
    for (std::uint64_t p = 16'000; p < 17'000; ++p) {
        if (!is_prime(p)) continue;
        std::uint64_t cofactor = most / p;
        while (factors(Integer(cofactor)).front().first.size() < 6) --cofactor;
        EXPECT_EQ(smallest_factor(p * cofactor), p);
    }
}

TEST(SmallestFactor, IsWhatFactoringFinds) {
    for (std::uint64_t trial = 0; trial < 400; ++trial) {
        Random random(Seed(51), 0, trial);
        // A random number, or the product of two.
        const unsigned bits = 2 + static_cast<unsigned>(random.below(24));
        const std::uint64_t n = trial % 2 == 0
                                    ? (random() >> random.below(20)) | 2
                                    : ((random() >> (64 - bits)) | 3) * ((random() >> (24 + bits)) | 3);
        const std::uint64_t expected = std::stoull(factors(Integer(n)).front().first);
        if (expected > 50'000'000 && expected != n) continue;  // takes too long here
        if (expected == n && n > 1'000'000'000'000'000) continue;
        EXPECT_EQ(smallest_factor(n), expected) << "of " << n;
    }
}

TEST(SmallestFactorIn, FindsWhatLiesInItsRangeAndNothingElse) {
    constexpr std::uint64_t n = std::uint64_t{100'003} * 100'019 * 100'043;
    const std::vector<std::uint64_t> divisors = {100'003, 100'019, 100'043};
    for (std::uint64_t trial = 0; trial < 3000; ++trial) {
        Random random(Seed(52), 0, trial);
        const Range range{99'900 + random.below(200), random.below(200)};
        const auto expected = std::find_if(divisors.begin(), divisors.end(),
                                           [&](std::uint64_t d) { return range.contains(d); });
        const Trial found = smallest_factor_in(n, range, never);
        ASSERT_EQ(found.factor.value_or(0), expected == divisors.end() ? 0 : *expected)
            << range.count << " candidates from " << range.first;
        const std::uint64_t last = found.factor.value_or(range.first + range.count - 1);
        ASSERT_EQ(found.tried, range.empty() ? 0 : candidates_to(last) - candidates_to(range.first - 1));
    }
}

// The squares and products of the largest primes below 2^32, from close by.
TEST(SmallestFactorIn, FindsTheLargestFactorsThereAre) {
    constexpr std::uint64_t primes[] = {4'294'967'291, 4'294'967'279, 4'294'967'231, 4'294'967'197};
    for (const std::uint64_t p : primes) {
        for (const std::uint64_t q : primes) {
            constexpr std::uint64_t from = 4'294'900'000;
            const Trial found = smallest_factor_in(p * q, {from, (std::uint64_t{1} << 32) - from}, never);
            EXPECT_EQ(found.factor, std::min(p, q)) << p << " * " << q;
        }
    }
}

TEST(SmallestFactorIn, CountsTheCandidatesUpToTheFactor) {
    constexpr std::uint64_t n = 100'109'100'129'100'369;
    const Trial found = smallest_factor_in(n, {2, root(n) - 1}, never);
    EXPECT_EQ(found.factor, 95'362'951U);
    EXPECT_EQ(found.tried, candidates_to(95'362'951));
}

TEST(SmallestFactorIn, GivesUpWhenToldTo) {
    constexpr std::uint64_t n = 18'446'744'073'709'551'557U;
    int asked = 0;
    const Trial stopped = smallest_factor_in(n, {2, root(n) - 1}, [&] { return ++asked == 10; });
    EXPECT_FALSE(stopped.factor);
    EXPECT_EQ(asked, 10);
    // 10 questions, so at most some 100 us each.
    EXPECT_LT(stopped.tried, 200'000U);
}

}  // namespace
}  // namespace cohort::primes

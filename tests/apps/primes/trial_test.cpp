// Trial division finds the smallest factor of any 64-bit number on every path, and knows how many candidates it tried.

#include <cohort/plan/random.hpp>
#include <common/isa.hpp>
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

class OnEachPath : public testing::TestWithParam<Isa> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "this processor has no " << name(GetParam());
    }

    static Trial smallest_factor_in(std::uint64_t n, Range range) {
        return primes::smallest_factor_in(n, range, never, GetParam());
    }

    // From 2 to the root; n itself if it is prime.
    static std::uint64_t smallest_factor(std::uint64_t n) {
        const std::uint64_t last = root(n);
        if (last < 2) return n;
        return smallest_factor_in(n, {2, last - 1}).factor.value_or(n);
    }
};

using SmallestFactor = OnEachPath;
using SmallestFactorIn = OnEachPath;

constexpr auto each_path = [] { return testing::Values(Isa::portable, Isa::avx2, Isa::avx512); };
constexpr auto path_name = [](const auto& path) { return std::string(name(path.param)); };
INSTANTIATE_TEST_SUITE_P(Paths, SmallestFactor, each_path(), path_name);

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

TEST_P(SmallestFactor, IsWhatOthersHaveFound) {
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

TEST_P(SmallestFactor, IsRightForEverySmallNumber) {
    for (std::uint64_t n = 2; n < 30'000; ++n) {
        std::uint64_t expected = 2;
        while (n % expected != 0) ++expected;
        ASSERT_EQ(smallest_factor(n), expected);
    }
}

TEST_P(SmallestFactor, IsRightAtTheTopOf64Bits) {
    EXPECT_EQ(smallest_factor(most), 3U);
    EXPECT_EQ(smallest_factor(most - 1), 2U);
    EXPECT_EQ(smallest_factor(18'446'744'073'709'551'557U), 18'446'744'073'709'551'557U);
    constexpr std::uint64_t p = 4'294'967'291;  // the largest prime below 2^32
    EXPECT_EQ(smallest_factor(p * p), p);
}

// Where division changes from integers to doubles, at 2^14.
TEST_P(SmallestFactor, IsRightForEveryFactorAroundTheFirstInDoubles) {
    for (std::uint64_t p = 16'000; p < 17'000; ++p) {
        if (!is_prime(p)) continue;
        std::uint64_t cofactor = most / p;
        while (factors(Integer(cofactor)).front().first.size() < 6) --cofactor;
        EXPECT_EQ(smallest_factor(p * cofactor), p);
    }
}

TEST_P(SmallestFactor, IsRightForSquaresOfPrimesOfAllSizes) {
    for (std::uint64_t p = 3; p < std::uint64_t{1} << 26; p = (p + p / 4 + 2) | 1) {
        while (!is_prime(p)) p += 2;
        EXPECT_EQ(smallest_factor(p * p), p);
    }
    EXPECT_EQ(smallest_factor(std::uint64_t{65'521} * 65'521), 65'521U);
}

TEST_P(SmallestFactor, IsWhatFactoringFinds) {
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

TEST_P(SmallestFactorIn, FindsWhatLiesInItsRangeAndNothingElse) {
    constexpr std::uint64_t n = std::uint64_t{100'003} * 100'019 * 100'043;
    const std::vector<std::uint64_t> divisors = {100'003, 100'019, 100'043};
    for (std::uint64_t trial = 0; trial < 3000; ++trial) {
        Random random(Seed(52), 0, trial);
        const Range range{99'900 + random.below(200), random.below(200)};
        const auto expected = std::find_if(divisors.begin(), divisors.end(),
                                           [&](std::uint64_t d) { return range.contains(d); });
        const Trial found = smallest_factor_in(n, range);
        ASSERT_EQ(found.factor.value_or(0), expected == divisors.end() ? 0 : *expected)
            << range.count << " candidates from " << range.first;
        const std::uint64_t last = found.factor.value_or(range.first + range.count - 1);
        ASSERT_EQ(found.tried, range.empty() ? 0 : candidates_to(last) - candidates_to(range.first - 1));
    }
}

bool is_candidate(std::uint64_t number) {
    return number > 5 && number % 2 != 0 && number % 3 != 0 && number % 5 != 0;
}

// What trial division is about, one by one; 0 if there is none.
std::uint64_t lowest_divisor(std::uint64_t n, Range range) {
    for (std::uint64_t d = range.first; range.contains(d); ++d) {
        if (is_candidate(d) && n % d == 0) return d;
    }
    return 0;
}

// The divisor may lie anywhere in a block, and a block begin anywhere.
TEST_P(SmallestFactorIn, FindsDivisorsOfEverySizeWhereverTheyLie) {
    constexpr std::uint64_t longest_blocks = 2 * 1024 * 30;
    for (std::uint64_t trial = 0; trial < 20'000; ++trial) {
        Random random(Seed(53), 0, trial);
        const unsigned bits = 13 + static_cast<unsigned>(random.below(20));
        std::uint64_t d = (random() >> (64 - bits)) | std::uint64_t{1} << (bits - 1);
        while (!is_candidate(d)) ++d;
        if (d > 0xFFFF'FFFF) continue;
        // As large as can be, or smaller: any size.
        const std::uint64_t most_others = most / d;
        const std::uint64_t n =
            d * (trial % 2 == 0 ? most_others - random.below(1000) : most_others >> random.below(40));
        const std::uint64_t back = random.below(trial % 4 == 0 ? 300 : longest_blocks);
        const Range range{d - std::min(d - 6, back), std::min(d - 6, back) + 1 + random.below(300)};
        const Range kept{range.first, std::min(range.count, (std::uint64_t{1} << 32) - range.first)};
        const std::uint64_t found = smallest_factor_in(n, kept).factor.value_or(0);
        SCOPED_TRACE(testing::Message() << n << " from " << kept.first << ", trial " << trial);
        if (back < 300) {
            ASSERT_EQ(found, lowest_divisor(n, kept));
        } else {
            ASSERT_TRUE(is_candidate(found) && n % found == 0 && found >= kept.first);
            ASSERT_LE(found, d);
        }
    }
}

// Every candidate of two blocks, from the same beginning, for each length of block: n is as large as it can be.
TEST_P(SmallestFactorIn, FindsEveryDivisorOfABlock) {
    for (const std::uint64_t first :
         {4'294'905'000U, 3'100'000'020U, 2'200'000'020U, 1'300'000'020U, 900'000'000U, 500'000'010U,
          220'000'020U, 110'000'010U, 30'000'000U, 12'000'000U, 5'000'010U, 4'000'020U, 3'000'000U}) {
        for (std::uint64_t d = first; d < std::min(first + 62'000, std::uint64_t{1} << 32); d += 1 + d % 29) {
            if (!is_candidate(d)) continue;
            const std::uint64_t n = most / d * d;
            const std::uint64_t found = smallest_factor_in(n, {first, d - first + 1}).factor.value_or(0);
            ASSERT_TRUE(found >= first && is_candidate(found) && n % found == 0)
                << d << " in the block of " << first;
        }
    }
}

// A quotient that is nearly whole is not whole.
TEST_P(SmallestFactorIn, FindsNothingNextToMultiples) {
    for (std::uint64_t trial = 0; trial < 2000; ++trial) {
        Random random(Seed(54), 0, trial);
        std::uint64_t d = (random() >> (32 + random.below(10))) | 1;
        while (!is_candidate(d)) ++d;
        if (d > 0xFFFF'FFFF - 40 || d < 400) continue;
        const std::uint64_t n = most / d * d + (trial % 2 == 0 ? 1 : 0 - std::uint64_t{1});
        const Range range{d - 60, 100};
        EXPECT_EQ(smallest_factor_in(n, range).factor.value_or(0), lowest_divisor(n, range)) << n;
    }
}

// The squares and products of the largest primes below 2^32, from close by.
TEST_P(SmallestFactorIn, FindsTheLargestFactorsThereAre) {
    constexpr std::uint64_t primes[] = {4'294'967'291, 4'294'967'279, 4'294'967'231, 4'294'967'197};
    for (const std::uint64_t p : primes) {
        for (const std::uint64_t q : primes) {
            constexpr std::uint64_t from = 4'294'900'000;
            const Trial found = smallest_factor_in(p * q, {from, (std::uint64_t{1} << 32) - from});
            EXPECT_EQ(found.factor, std::min(p, q)) << p << " * " << q;
        }
    }
}

TEST_P(SmallestFactorIn, CountsTheCandidatesUpToTheFactor) {
    constexpr std::uint64_t n = 100'109'100'129'100'369;
    const Trial found = smallest_factor_in(n, {2, root(n) - 1});
    EXPECT_EQ(found.factor, 95'362'951U);
    EXPECT_EQ(found.tried, candidates_to(95'362'951));
}

TEST_P(SmallestFactorIn, GivesUpWhenToldTo) {
    constexpr std::uint64_t n = 18'446'744'073'709'551'557U;
    int asked = 0;
    const Trial stopped = primes::smallest_factor_in(
        n, {2, root(n) - 1}, [&] { return ++asked == 10; }, GetParam());
    EXPECT_FALSE(stopped.factor);
    EXPECT_EQ(asked, 10);
    // Work between two questions is bounded: the first are small divisors, divided one by one.
    EXPECT_LT(stopped.tried, 200'000U);
}

INSTANTIATE_TEST_SUITE_P(Paths, SmallestFactorIn, each_path(), path_name);

}  // namespace
}  // namespace cohort::primes
// 64-bit numbers are tested and factored alike on every path, and as FLINT and multiplication have it.

#include <cohort/plan/random.hpp>
#include <primes/factor64.hpp>
#include <primes/integers.hpp>
#include <primes/prime64.hpp>
#include <primes/residues_of.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace cohort::primes {
namespace {

using Numbers = std::vector<std::uint64_t>;

constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();

std::vector<Isa> paths() {
    std::vector<Isa> paths;
    for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
        if (can_run(isa)) paths.push_back(isa);
    }
    return paths;
}

// Both sides of where limbs and words end.
Numbers edges() {
    Numbers numbers;
    for (const unsigned bits : {8U, 16U, 31U, 32U, 40U, 51U, 52U, 53U, 62U, 63U}) {
        for (std::uint64_t k = 0; k < 60; ++k) {
            numbers.push_back((std::uint64_t{1} << bits) + k);
            numbers.push_back((std::uint64_t{1} << bits) - k);
        }
    }
    for (std::uint64_t k = 0; k < 4000; ++k) {
        numbers.push_back(k);
        numbers.push_back(last - k);
    }
    return numbers;
}

// Strong pseudoprimes to base 2 and to many bases, Carmichael numbers, squares of primes and of the Wieferich primes.
Numbers hard() {
    Numbers numbers = {2047,
                       3277,
                       4033,
                       4681,
                       8321,
                       561,
                       1105,
                       1729,
                       3215031751,
                       3474749660383,
                       25326001,
                       341550071728321,
                       1194649,
                       12327121,
                       14704216318969,
                       4759123141,
                       3825123056546413051,
                       318665857834031151,
                       3317044064679887385,
                       18446744030759878681U};
    for (std::uint64_t n = 3; n * n < 100'000'000; n += 2) {
        if (is_prime(n)) numbers.push_back(n * n);
    }
    for (std::uint64_t k = 100; numbers.size() < 6000; ++k) {  // p (2p - 1) is often a pseudoprime
        if (is_prime(k) && is_prime(2 * k - 1)) numbers.push_back(k * (2 * k - 1));
    }
    return numbers;
}

Numbers drawn(std::uint64_t count) {
    Numbers numbers;
    for (std::uint64_t i = 0; i < count; ++i) {
        Random random(Seed(71), 0, i);
        const std::uint64_t number = random();
        numbers.push_back(number >> random.below(64));
    }
    return numbers;
}

Numbers primes_drawn(std::uint64_t count) {
    Numbers numbers;
    for (std::uint64_t n : drawn(count)) {
        for (n |= 1; !is_prime(n) && n < last - 2;) n += 2;
        numbers.push_back(n);
    }
    return numbers;
}

TEST(ArePrime, SaysWhatFlintSaysOnEveryPath) {
    for (const Isa isa : paths()) {
        for (const Numbers& numbers : {edges(), hard(), drawn(20'000), primes_drawn(3'000)}) {
            std::vector<std::uint8_t> prime(numbers.size());
            are_prime(numbers, prime, isa);
            for (std::size_t i = 0; i < numbers.size(); ++i) {
                ASSERT_EQ(prime[i] != 0, is_prime(numbers[i])) << numbers[i] << " by " << name(isa);
            }
        }
    }
}

TEST(ArePrime, TestsBlocksOfAnySize) {
    for (const Isa isa : paths()) {
        for (std::size_t size = 0; size < 70; ++size) {
            const Numbers numbers(size, 18446744073709551557U);
            std::vector<std::uint8_t> prime(size);
            are_prime(numbers, prime, isa);
            EXPECT_EQ(prime, std::vector<std::uint8_t>(size, 1)) << name(isa);
        }
    }
}

// Says how often it was asked, and stops at one of those.
struct Asked {
    std::uint64_t stops_at = last;
    std::uint64_t times = 0;

    [[nodiscard]] Stop stop() {
        return [this] { return ++times >= stops_at; };
    }
};

constexpr std::uint64_t tests_between_asks = residues::queue_places;

TEST(ArePrime, AsksAfterAFewTestsAndStopsWhenTold) {
    const Numbers numbers(4096, 18446744073709551557U);
    std::vector<std::uint8_t> prime(numbers.size());
    for (const Isa isa : paths()) {
        Asked all;
        EXPECT_TRUE(are_prime(numbers, prime, isa, all.stop()));
        EXPECT_GE(all.times, 2 * numbers.size() / tests_between_asks) << name(isa);
        for (std::uint64_t at = 1; at <= all.times; at += 7) {
            Asked some{.stops_at = at};
            EXPECT_FALSE(are_prime(numbers, prime, isa, some.stop()));
            EXPECT_EQ(some.times, at) << name(isa);
        }
    }
}

TEST(ArePrime, AsksThoughNothingButDivisionIsNeeded) {
    const Numbers numbers(10'000, 15);
    std::vector<std::uint8_t> prime(numbers.size());
    Asked all;
    EXPECT_TRUE(are_prime(numbers, prime, Isa::portable, all.stop()));
    EXPECT_GE(all.times, 9U);
}

void expect_factored(std::uint64_t n, const std::vector<Power64>& powers) {
    std::uint64_t product = 1;
    std::uint64_t before = 0;
    for (const auto& [prime, exponent] : powers) {
        ASSERT_TRUE(is_prime(prime) && prime > before) << n;
        before = prime;
        for (std::uint32_t i = 0; i < exponent; ++i) product *= prime;
    }
    ASSERT_TRUE(n < 2 ? powers.empty() : product == n) << n;
}

TEST(Factors64, ArePrimesInOrderWhoseProductIsTheNumberOnEveryPath) {
    Numbers semiprimes = {4294967291ULL * 4294967291ULL, 257ULL * 263 * 269 * 271 * 277 * 281ULL,
                          65537 * 65539ULL * 65543};
    const Numbers primes = primes_drawn(2000);
    for (std::size_t i = 0; i + 1 < primes.size(); ++i) {
        if (primes[i] < last / primes[i + 1]) semiprimes.push_back(primes[i] * primes[i + 1]);
    }
    for (const Isa isa : paths()) {
        for (const Numbers& numbers : {edges(), hard(), drawn(1'000), semiprimes, Numbers{}}) {
            const auto all_powers = factors_64(numbers, isa);
            ASSERT_EQ(all_powers.size(), numbers.size());
            for (std::size_t i = 0; i < numbers.size(); ++i) expect_factored(numbers[i], all_powers[i]);
        }
    }
}

// Both primes have 32 bits.
Numbers hard_to_factor() {
    Numbers numbers;
    for (std::uint64_t i = 0; i < 256; ++i) {
        const auto prime = [&](std::uint16_t purpose) {
            std::uint64_t p = 3'100'000'001 + 2 * Random(Seed(72), purpose, i).below(500'000'000);
            while (!is_prime(p)) p += 2;
            return p;
        };
        numbers.push_back(prime(0) * prime(1));
    }
    return numbers;
}

TEST(Factors64, TakeFewCurvesBetweenWhichTheyAsk) {
    const Numbers numbers = hard_to_factor();
    for (const Isa isa : paths()) {
        Asked all;
        const auto all_powers = factors_64(numbers, isa, all.stop());
        for (std::size_t i = 0; i < numbers.size(); ++i) expect_factored(numbers[i], all_powers[i]);
        // An ask for each curve of full lanes; the rest are asks of tests, of the last numbers and of short walks.
        const std::uint64_t vectors = numbers.size() / residues::kernel_for(isa).lanes;
        EXPECT_GT(all.times, 5 * vectors) << name(isa);
        EXPECT_LT(all.times, 16 * vectors + 400) << name(isa);
    }
}

TEST(Factors64, StopWhenTold) {
    for (const Isa isa : paths()) {
        // Curves, rho, and division alone.
        for (const Numbers& numbers :
             {hard_to_factor(), Numbers(20, 1'048'573ULL * 1'048'571), Numbers(256, 360)}) {
            Asked all;
            static_cast<void>(factors_64(numbers, isa, all.stop()));
            EXPECT_GE(all.times, 3U);
            for (std::uint64_t at = 1; at < all.times; at += 1 + all.times / 16) {
                Asked some{.stops_at = at};
                static_cast<void>(factors_64(numbers, isa, some.stop()));
                EXPECT_EQ(some.times, at) << name(isa);
            }
        }
    }
}

}  // namespace
}  // namespace cohort::primes

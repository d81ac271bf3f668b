// 64-bit numbers are tested and factored alike on every path, and as FLINT and multiplication have it.

#include <cohort/plan/random.hpp>
#include <primes/factor64.hpp>
#include <primes/integers.hpp>
#include <primes/prime64.hpp>

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

}  // namespace
}  // namespace cohort::primes

// Whole numbers of any size: read, tested for primality, factored.
//
// FLINT does the work. Up to 64 bits its test is exact: BPSW, which no number below 2^64 passes wrongly. Above,
// primality is proved (Pocklington, Morrison, APRCL), which takes 50 ms at 100 digits and 9 s at 500; that a
// number is composite is mostly seen at once. Factoring goes through trial division, powers, elliptic curves
// and the quadratic sieve: where both factors are large 2.5 s at 58 digits and 150 s at 76.
#pragma once

#include <gmpxx.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohort::primes {

using Integer = mpz_class;

// Numbers of more binary digits are refused.
inline constexpr unsigned most_bits = 100'000;

// Local. A number as numbers.hpp reads it, but of up to `most_bits` binary digits. Throws UsageError.
[[nodiscard]] Integer parse_integer(std::string_view text, std::string_view where);

// Local. Never wrong.
[[nodiscard]] bool is_prime(std::uint64_t n);
[[nodiscard]] bool is_prime(const Integer& n);

// Local. Never wrong if it says no; no composite is known for which it says yes (BPSW). 60 ms at 1000 digits.
[[nodiscard]] bool may_be_prime(const Integer& n);

// A prime, in decimal digits so that it can travel, and its exponent.
using PrimePower = std::pair<std::string, std::uint32_t>;

// Local. The prime factors of n in ascending order; none of 0 and 1. Every prime is proved, and their product
// is checked: throws Fault if it is not n.
[[nodiscard]] std::vector<PrimePower> factors(const Integer& n);

}  // namespace cohort::primes

// Whole numbers of any size: read, tested for primality, factored.
//
// Above 64 bits FLINT, GMP and, where the program has it, PARI do the work, whichever was measured to be fastest at the
// size; answers are the same with and without PARI. Primality is proved by strong tests to known bases up to 81 bits, above
// by FLINT's Pocklington, Morrison and APRCL or PARI's APRCL and ECPP: 0.1 s at 100 digits.
// That a number is composite is mostly seen at once.
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

// Local. Never wrong if it says no; no composite is known for which it says yes (BPSW). 50 ms at 1000 digits.
[[nodiscard]] bool may_be_prime(const Integer& n);

// A prime, in decimal digits so that it can travel, and its exponent.
using PrimePower = std::pair<std::string, std::uint32_t>;

// Local. The prime factors of n in ascending order; none of 0 and 1. Every prime is proved, and their product is checked:
// throws Fault if it is not n. A product of two primes of the same size takes 5 ms at 96 bits, 35 ms at 128, 0.4 s at 160 and
// 3 s at 192 by PARI's quadratic sieve; by FLINT's, which goes on from there, 40 ms, 110 ms, 0.5 s and 3 s.
[[nodiscard]] std::vector<PrimePower> factors(const Integer& n);

}  // namespace cohort::primes

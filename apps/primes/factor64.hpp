// The prime factors of 64-bit numbers, many at once.
//
// Small primes are divided out; what is left is tested for primality, and split, until all parts are prime: numbers below
// 2^40 by Pollard's rho, larger ones by elliptic curves, each number of a block its own in a lane of the kernel, until one
// curve finds a factor.
#pragma once

#include <common/isa.hpp>
#include <primes/prime64.hpp>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace cohort::primes {

// A prime and its exponent.
using Power64 = std::pair<std::uint64_t, std::uint32_t>;

// Local. The factors of each number in ascending order; none of 0 and 1. Blocks of a hundred and more fill the lanes. A
// product of two primes of 32 bits takes some ten curves. Asks `stop` at least after each curve, or tens of microseconds; what
// it returns once that says true has no meaning.
[[nodiscard]] std::vector<std::vector<Power64>> factors_64(std::span<const std::uint64_t> numbers, Isa isa,
                                                           const Stop& stop = {});

}  // namespace cohort::primes

// Whether 64-bit numbers are prime, many at once.
//
// What small primes do not divide goes through the strong test to base 2, and what passes through the extra strong Lucas
// test whose p is the first of 3, 5, 7, ... for which p * p - 4 is no square modulo n: together the test of Baillie,
// Pomerance, Selfridge and Wagstaff, in the form that PARI uses. That no composite below 2^64 passes is known from Feitsma's
// list, which Galway checked, of all 118,968,378 pseudoprimes to base 2 there.
#pragma once

#include <common/isa.hpp>

#include <cstdint>
#include <functional>
#include <span>

namespace cohort::primes {

// What long work asks whether its result still matters; an empty one is not asked.
using Stop = std::function<bool()>;

// Local. Sets prime[i] to 1 where numbers[i] is prime, to 0 elsewhere. Never wrong. Asks `stop` at least every 64 tests, 40 us;
// returns false, with `prime` not to be used, once that says true.
bool are_prime(std::span<const std::uint64_t> numbers, std::span<std::uint8_t> prime, Isa isa,
               const Stop& stop = {});

}  // namespace cohort::primes

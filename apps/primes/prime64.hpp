// Whether 64-bit numbers are prime, many at once.
//
// What small primes do not divide goes through the strong test to base 2, and what passes through the extra strong Lucas
// test whose p is the first of 3, 5, 7, ... for which p * p - 4 is no square modulo n: together the test of Baillie,
// Pomerance, Selfridge and Wagstaff, in the form that PARI uses. That no composite below 2^64 passes is known from Feitsma's
// list, which Galway checked, of all 118,968,378 pseudoprimes to base 2 there.
#pragma once

#include <common/isa.hpp>

#include <cstdint>
#include <span>

namespace cohort::primes {

// Local. Sets prime[i] to 1 where numbers[i] is prime, to 0 elsewhere. Never wrong. The first form takes the fastest kernel.
void are_prime(std::span<const std::uint64_t> numbers, std::span<std::uint8_t> prime);
void are_prime(std::span<const std::uint64_t> numbers, std::span<std::uint8_t> prime, Isa isa);

}  // namespace cohort::primes

// factor --smallest: the smallest factor of a number by trial division on all ranks, with early exit.
//
// Not the fast way to factor, but the plainest search there is: divisors in order, in grains, and the search
// ends everywhere as soon as the smallest is certain.
#pragma once

#include <cohort/app/program.hpp>
#include <cohort/team/team.hpp>
#include <primes/input.hpp>

namespace cohort::primes {

// Local. Before anything is started: refuses what has no smallest factor, or is above 64 bits. Reads the first numbers if
// `alone`, that is, if find_smallest() is to follow in this process. Throws UsageError and StoreError.
void check_smallest(NumberInput& input, bool alone);

// Collective. Searches for one number after the other, and gives the program the answer. The root's input counts.
void find_smallest(Team& team, Program& program, NumberInput& input);

}  // namespace cohort::primes

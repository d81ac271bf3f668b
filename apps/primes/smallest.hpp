// factor --smallest: the smallest factor of a number by trial division on all ranks, with early exit.
//
// Not the fast way to factor, but the plainest search there is: divisors in order, in grains, and the search
// ends everywhere as soon as the smallest is certain.
#pragma once

#include <cohort/app/program.hpp>
#include <cohort/team/team.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cohort::primes {

// Local. A number that can be searched for its smallest factor, 2 to 2^64 - 1, in decimal digits. Throws
// UsageError.
[[nodiscard]] std::string two_to_64_bits(std::string_view text, std::string_view where);

// Collective. Searches for one number after the other, and gives the program the answer. The root's numbers
// count.
void find_smallest(Team& team, Program& program, const std::vector<std::string>& numbers);

}  // namespace cohort::primes

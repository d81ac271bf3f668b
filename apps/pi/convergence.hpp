// The estimate by round in the output file, to plot how it converges.
//
// Six columns of equal length, one element a round: `darts` and `inside` so far (uint64), the estimate `pi`, its
// `standard_error`, and its interval from `low` to `high` (float64). The attributes `generator` and `confidence` say which
// darts these are, and what the interval holds. Rounds are fixed beforehand, so the columns are the same on any number of
// ranks.
#pragma once

#include <cohort/plan/moments.hpp>
#include <cohort/store/file.hpp>
#include <pi/kernel.hpp>

#include <span>

namespace cohort::pi {

// What is known after a round.
struct Round {
    Bernoulli tally;  // of darts, how many are inside
    Estimate pi;
};

// Collective; `rounds` must be the same on every rank. Fills `file`; completing it is left to the caller.
void write_convergence(File& file, std::span<const Round> rounds, Generator generator, double confidence);

}  // namespace cohort::pi

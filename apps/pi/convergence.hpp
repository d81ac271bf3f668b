// The estimate by round in the output file, to plot how it converges.
//
// Four columns of equal length, one element a round: `darts` and `inside` so far (uint64), the estimate `pi` and its
// `standard_error` (float64). Rounds are fixed beforehand, so the columns are the same on any number of ranks.
#pragma once

#include <cohort/app/program.hpp>
#include <cohort/store/file.hpp>
#include <pi/estimate.hpp>

#include <span>

namespace cohort::pi {

// Collective; `rounds` must be the same on every rank. Fills `file`; completing it is left to the caller.
void write_convergence(File& file, std::span<const Round> rounds);

}  // namespace cohort::pi

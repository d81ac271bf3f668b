// The primes of a range in an HDF5 file: one dataset, /primes.
#pragma once

#include <cohort/app/program.hpp>
#include <cohort/plan/index.hpp>
#include <cohort/team/team.hpp>

#include <cstdint>

namespace cohort::primes {

// Collective. Throws StoreError if the file cannot be made, or the disk has no room for it, before anything is
// counted.
void check_list_output(Team& team, const Program& program, Range numbers);

// Collective. Writes the file and gives the program its answer. `memory` is how many bytes of primes a rank may keep.
void write_list(Team& team, Program& program, Range numbers, std::uint64_t memory);

}  // namespace cohort::primes

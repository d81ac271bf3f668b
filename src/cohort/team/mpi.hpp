// MPI's return codes made into exceptions, and waiting for its requests without burning a core.
//
// Every MPI call of cohort goes through check_mpi, so a failure surfaces where it happens, with MPI's own words. No
// wait blocks inside MPI: with more ranks than cores a blocked rank would spin there and starve the ones that work.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace cohort::detail {

// Tags of cohort's messages on a team's private communicator. Each is an ordered channel of its own.
namespace tag {
inline constexpr int up = 1;         // node leader to its parent in the tree: hits, finished
inline constexpr int down = 2;       // node leader to its children: horizons, end
inline constexpr int ask = 3;        // a rank to the coordinator: its node needs a batch
inline constexpr int grant = 4;      // the coordinator's answer
inline constexpr int pipe_up = 5;    // a rank to the root: blocks of a byte stream
inline constexpr int pipe_down = 6;  // the root to a rank: likewise
inline constexpr int payload = 7;    // pieces of scatter and gather
}  // namespace tag

// Throws Fault, naming `call`, unless `code` is MPI_SUCCESS.
void check_mpi(int code, const char* call);

// Local. Waits until `request` is complete.
void wait(MPI_Request& request, bool oversubscribed);

// The most bytes that one MPI call is given: counts are `int` there, and some transports fail before 2 GiB.
// COHORT_PIECE_BYTES overrides 1 GiB, so that tests can cut small messages.
[[nodiscard]] std::size_t piece_bytes();

}  // namespace cohort::detail

#include <cohort/app/leaving.hpp>

#include <cohort/team/backoff.hpp>
#include <cohort/team/interrupt.hpp>
#include <cohort/team/mpi.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <limits>
#include <unistd.h>

namespace cohort::detail {
namespace {

using Clock = std::chrono::steady_clock;

// An interrupted rank waits longer than mpirun, which kills the ranks a second after it has interrupted them.
constexpr std::chrono::milliseconds grace_when_interrupted{2000};
// Of several failing ranks the lowest speaks first; what it does then ends the others before their turn.
constexpr std::chrono::milliseconds turn{50};
constexpr int most_turns = 10;

// Two words that MPI can take the minimum of: class of failure, rank and status in one; 0 for a fault in the
// other.
using Words = std::array<std::int64_t, 2>;
constexpr std::int64_t left_well = std::numeric_limits<std::int64_t>::max();

Words words_of(const std::optional<Ending>& ending, int rank) {
    if (!ending) return {left_well, 1};
    const std::int64_t late = ending->kind == ErrorKind::interrupted ? 1 : 0;
    return {(late << 40) | (std::int64_t{rank} << 8) | (ending->status & 0xff),
            ending->kind == ErrorKind::fault ? 0 : 1};
}

Departure departure_of(const Words& lowest, int rank) {
    const std::int64_t word = lowest[0];
    if (word == left_well) return {.all_left = true};
    return {.all_left = true,
            .status = static_cast<int>(word & 0xff),
            .mine = ((word >> 8) & 0xffffffff) == rank,
            .fault = lowest[1] == 0};
}

}  // namespace

Leaving::Leaving() {
    check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &comm_), "MPI_Comm_dup");
    check_mpi(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
}

Departure Leaving::leave(const std::optional<Ending>& ending, std::chrono::milliseconds grace) {
    const Words mine = words_of(ending, rank_);
    Words lowest{};
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Iallreduce(mine.data(), lowest.data(), 2, MPI_INT64_T, MPI_MIN, comm_, &request),
              "MPI_Iallreduce");

    const bool was_interrupted = interrupted() != 0;
    const auto patience =
        ending && ending->kind == ErrorKind::interrupted ? std::max(grace, grace_when_interrupted) : grace;
    const auto my_turn = Clock::now() + patience + turn * std::min(rank_, most_turns);
    Backoff backoff(true);
    for (int done = 0;;) {
        check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done != 0) return departure_of(lowest, rank_);
        if (ending && Clock::now() >= my_turn) break;
        // A lower rank has spoken, and the launcher is ending this one: nothing is left to say.
        if (ending && rank_ > 0 && !was_interrupted && interrupted() == SIGTERM &&
            Clock::now() >= my_turn - turn) {
            _exit(ending->status);
        }
        backoff.pause();
    }
    return {.all_left = false, .status = ending->status, .mine = true, .fault = true};
}

}  // namespace cohort::detail

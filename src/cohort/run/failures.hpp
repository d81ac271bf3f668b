// The units of a call that failed and may still be wanted: tried again, or listed.
#pragma once

#include <cohort/plan/error.hpp>
#include <cohort/run/task_failure.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/team_core.hpp>

#include <cstdint>
#include <exception>
#include <span>
#include <vector>

namespace cohort::detail {

struct FailedUnit {
    std::uint64_t unit = 0;
    TaskFailure failure;
    ErrorKind kind = ErrorKind::task;
    std::exception_ptr original;  // on the rank where it failed
    Bytes items;  // of a unit that was shipped, where it is to be tried again: on the rank that has it
};

// What travels of a failure.
class Reader;
void pack_failure(Bytes& bytes, const TaskFailure& failure);
[[nodiscard]] TaskFailure unpack_failure(Reader& reader);

// The rank that tries next.
[[nodiscard]] inline int next_rank(const FailedUnit& failed, int ranks) noexcept {
    return (failed.failure.rank + 1) % ranks;
}

// Collective. What the ranks give, in the order of units, the same on every rank; `items` are only where they are tried
// next. Two collectives, and one more if items travel; in bytes, what failed.
[[nodiscard]] std::vector<FailedUnit> exchange(TeamCore& team, std::vector<FailedUnit> mine);

// Throws what a unit failed with.
[[noreturn]] void raise(const FailedUnit& failed, std::uint64_t finished);

}  // namespace cohort::detail

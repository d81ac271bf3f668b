// What happens when a call has failed and a rank does not leave it.
//
// A task cannot be taken away from its thread, so a rank inside a long one leaves a failed call when the task asks its
// context, or returns. With a grace that wait is bounded: then the job is ended by one of the ranks that wait. It can only
// be the job: an error on the others alone would leave a team in which one rank is still in the call.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace cohort {
class Team;
}

namespace cohort::detail {

// No bound, or the longest time between a call's failure and the last rank's leaving.
using Grace = std::optional<std::chrono::milliseconds>;

// Local. The grace of calls of the team, and of teams that are split from it later, that are not told one.
void set_grace(Team& team, Grace grace);

// Local. Sets what ends the job, given a message in the usual form; it must not return. Unless set, the message is
// printed and MPI_Abort called.
void end_jobs_by(std::function<void(const std::string&)> end_job);
[[noreturn]] void end_job(const std::string& message);

}  // namespace cohort::detail

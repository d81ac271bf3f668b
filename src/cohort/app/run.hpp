// From main to a team, and back to an exit status.
//
//     int main(int argc, char** argv) {
//         return cohort::run(argc, argv, [](cohort::Team& team) { ... });
//     }
//
// An MPI program must not end any way it likes: a rank that unwinds through MPI_Finalize while others compute
// hangs the job, and ranks that each print the same error bury it. So whatever leaves the body is caught
// here, the ranks agree on what happened, one of them says it, and all exit with the same status. If others
// are still inside the body after `grace`, the failing rank says it and ends the job.
//
// A process that was not started by a launcher works alone and starts no MPI, which would cost it 0.35 s.
#pragma once

#include <cohort/plan/error.hpp>
#include <cohort/team/team.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>

namespace cohort {

// How a body ended that did not end well.
struct Ending {
    ErrorKind kind = ErrorKind::fault;
    int status = exit_status::task;
    std::string message;  // wrong (why); remedy
};

// Local. What an exception means to the user. Must not be null.
[[nodiscard]] Ending ending_of(const std::exception_ptr& error);

struct RunOptions {
    std::string name;  // of the program, before its messages; that of argv[0] if empty
    std::chrono::milliseconds grace{500};
    // Of calls that are not told one: see Options::grace.
    std::optional<std::chrono::milliseconds> calls_grace = {};
    // On the root, once all ranks have left the body without a failure. What it throws fails the run. It may
    // wait as in waiting.hpp, with an Ear for the body's team: the other ranks listen.
    std::function<void()> finished;
    // On the one rank that tells of a failure, after the message is on standard error.
    std::function<void(const Ending&)> failed;
};

// Starts MPI if a launcher started this process, runs `body` on a team of all ranks, and returns the exit
// status, the same on every rank: 0, or that of the failure. SIGINT, SIGTERM, SIGHUP and SIGUSR1 ask the
// team's calls to end, unless they are ignored; a second SIGINT exits at once. Collective over the job; to be
// called once, from main. Throws nothing.
[[nodiscard]] int run(int argc, char** argv, const std::function<void(Team&)>& body);
[[nodiscard]] int run(int argc, char** argv, const RunOptions& options,
                      const std::function<void(Team&)>& body);

namespace detail {
// Local. From here on a signal is a wish to stop. Done by run(); for those who may have to wait before it.
void listen_to_signals();
// Local. Says what happened on standard error, in one line, and calls `options.failed`.
void tell(const RunOptions& options, const Ending& ending) noexcept;
}  // namespace detail

}  // namespace cohort

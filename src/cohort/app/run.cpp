#include <cohort/app/launch.hpp>
#include <cohort/app/leaving.hpp>
#include <cohort/app/run.hpp>
#include <cohort/app/waiting.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/team/grace.hpp>
#include <cohort/team/interrupt.hpp>

#include <boost/mpi/environment.hpp>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace cohort {
namespace {

// After a failure, MPI gets so many seconds to stop.
constexpr unsigned seconds_to_stop = 10;

extern "C" void on_signal(int signal) {
    if (signal == SIGINT && detail::interrupted() == SIGINT) _exit(exit_status::interrupted);
    detail::request_interrupt(signal);
}

std::optional<Ending> ending_from(const std::function<void()>& body) {
    try {
        body();
        return std::nullopt;
    } catch (...) {
        return ending_of(std::current_exception());
    }
}

int run_alone(const RunOptions& options, const std::function<void(Team&)>& body) {
    const auto ending = ending_from([&] {
        Team team = Team::alone();
        body(team);
        if (options.finished) options.finished();
        team.close();
    });
    if (!ending) return exit_status::ok;
    detail::tell(options, *ending);
    return ending->status;
}

// When one rank exits with a failure, mpirun gives those that are still there a second or two. If all go at
// the same tick of the clock, mostly nobody needs it: a failing run of four ranks then takes 0.4 s rather
// than 1.4 or 2.4.
void wait_for_tick() {
    constexpr std::chrono::milliseconds tick{20};
    const auto now = std::chrono::system_clock::now();
    std::this_thread::sleep_until(now + (tick - now.time_since_epoch() % tick));
}

// Collective. Runs `finished` on the root. If a signal has come that all ranks were too late to hear, as they had nothing
// left to do, it is no reason to give up a result: it only must not be waited with.
void finish(Team& team, const std::function<void()>& finished) {
    bool is_begun = false;
    bool is_done = false;
    const auto body = [&] {
        is_begun = true;
        finished();
        is_done = true;
    };
    try {
        on_root_listening(team, body);
    } catch (const Interrupted& interrupt) {
        detail::request_interrupt(interrupt.signal());
        on_root(team, [&] {
            if (!is_begun) body();
            if (!is_done) throw interrupt;
        });
    }
}

[[noreturn]] void end_job(int status) {
    std::fflush(nullptr);
    // mpirun drops what it has not read yet.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    MPI_Abort(MPI_COMM_WORLD, status);
    std::_Exit(status);
}

// MPI is running, and does so for a little longer.
int run_with_mpi(const RunOptions& options, const Launcher& launcher,
                 const std::function<void(Team&)>& body) {
    int rank = 0;
    int ranks = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (const auto ending = ending_from([&] { check_launcher(launcher, ranks); })) {
        if (launcher.rank == 0) detail::tell(options, *ending);
        return ending->status;
    }

    detail::Leaving leaving;
    std::optional<Team> team;
    detail::end_jobs_by([&options](const std::string& message) {
        detail::tell(options, {.kind = ErrorKind::task, .status = exit_status::task, .message = message});
        end_job(exit_status::task);
    });
    std::optional<Ending> ending = ending_from([&] {
        team.emplace(Team::over(MPI_COMM_WORLD));
        detail::set_grace(*team, options.calls_grace);
        body(*team);
    });
    const detail::Departure verdict = leaving.leave(ending, options.grace);
    if (!verdict.all_left) {
        detail::tell(options, *ending);
        end_job(verdict.status);
    }
    if (verdict.status != exit_status::ok) {
        if (verdict.mine) detail::tell(options, *ending);
        alarm(seconds_to_stop);
        if (team && !verdict.fault) static_cast<void>(ending_from([&] { team->close(); }));
        return verdict.status;
    }
    if (options.finished) ending = ending_from([&] { finish(*team, options.finished); });
    if (ending) {
        if (rank == 0) detail::tell(options, *ending);
        alarm(seconds_to_stop);
    }
    const auto closing = ending_from([&] { team->close(); });
    if (closing && !ending) detail::tell(options, *closing);
    return ending ? ending->status : closing ? closing->status : exit_status::ok;
}

int run_under(const Launcher& launcher, const RunOptions& options, int argc, char** argv,
              const std::function<void(Team&)>& body) {
    int status = exit_status::ok;
    {
        const boost::mpi::environment environment(argc, argv, boost::mpi::threading::multiple, false);
        try {
            status = run_with_mpi(options, launcher, body);
        } catch (...) {
            // Only the library's own doings end here; to unwind would be to finalize MPI, which waits for the
            // others.
            const Ending ending = ending_of(std::current_exception());
            detail::tell(options, ending);
            end_job(ending.status);
        }
    }
    if (status != exit_status::ok) wait_for_tick();
    return status;
}

}  // namespace

Ending ending_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Error& known) {
        return {.kind = known.kind(), .status = known.exit_status(), .message = known.what()};
    } catch (const std::bad_alloc&) {
        return {.kind = ErrorKind::fault,
                .message = error_text("there is not enough memory", "a rank could not get what it asked for",
                                      "take a smaller problem, or fewer ranks on a node")};
    } catch (const std::exception& unknown) {
        return {.kind = ErrorKind::fault, .message = unknown.what()};
    } catch (...) {
        return {.kind = ErrorKind::fault, .message = "the program threw something that is no std::exception"};
    }
}

void detail::listen_to_signals() {
    // Beyond ulimit -f a write then fails, and the failure can be told.
    std::signal(SIGXFSZ, SIG_IGN);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
        struct sigaction before {};
        sigaction(signal, nullptr, &before);
        // As a shell has it for what runs in the background, and nohup for what is to outlive its terminal.
        if (before.sa_handler == SIG_IGN) continue;
        struct sigaction action {};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        sigaction(signal, &action, nullptr);
    }
}

void detail::tell(const RunOptions& options, const Ending& ending) noexcept {
    try {
        say(fmt::format("{}: {}\n", options.name, ending.message));
        if (options.failed) options.failed(ending);
    } catch (...) {
        // There is nobody left to tell.
    }
}

int run(int argc, char** argv, const std::function<void(Team&)>& body) { return run(argc, argv, {}, body); }

int run(int argc, char** argv, const RunOptions& options, const std::function<void(Team&)>& body) {
    if (options.name.empty()) {
        RunOptions named = options;
        const std::string_view called = argc > 0 ? argv[0] : "";
        named.name = called.substr(called.rfind('/') + 1);
        if (named.name.empty()) named.name = "cohort";
        return run(argc, argv, named, body);
    }
    const Launcher launcher = find_launcher();
    if (const auto ending = ending_from([&] { check_launcher(launcher, 0); })) {
        if (launcher.rank == 0) detail::tell(options, *ending);
        return ending->status;
    }
    detail::listen_to_signals();
    return launcher.needs_mpi() ? run_under(launcher, options, argc, argv, body) : run_alone(options, body);
}

}  // namespace cohort

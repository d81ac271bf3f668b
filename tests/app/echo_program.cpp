// A program with next to nothing to do, for tests of what every program shares: it ends as it is told to.
#include <cohort/app/program.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/run/map.hpp>
#include <cohort/team/interrupt.hpp>
#include <cohort/team/team.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace {

struct Wishes {
    std::string fail = "none";  // how
    std::int64_t on = -1;       // which rank; -1: all
    double after = 0;           // seconds in the body before that
    double stay = 0;            // seconds that the other ranks stay
    bool wait_for_signal = false;
    bool read = false;
    std::uint64_t count = 7;
    std::uint64_t lines = 0;
    std::uint64_t tasks = 0;
    double each = 0;  // seconds that a task takes
};

void sleep_for(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

void fail(const std::string& how, int rank) {
    if (how == "usage") throw cohort::UsageError("it was asked to", "by its options", "leave --fail out");
    if (how == "store") throw cohort::StoreError("no such disk", "", "");
    if (how == "memory") throw std::bad_alloc();
    if (how == "standard") throw std::runtime_error(fmt::format("rank {} gave up", rank));
    if (how == "odd") throw 42;
    if (how == "two") throw cohort::UsageError(fmt::format("rank {} has something to say", rank));
}

void wait_for_signal() {
    while (cohort::detail::interrupted() == 0) sleep_for(0.01);
    const int signal = cohort::detail::interrupted();
    throw cohort::Interrupted(signal, fmt::format("interrupted by signal {}", signal));
}

}  // namespace

int main(int argc, char** argv) {
    cohort::Program program({.name = "cohort-echo",
                             .purpose = "Ends as it is told to",
                             .examples = {{"cohort-echo -j 4", "four ranks that do nothing"}},
                             .notes = "Times are in seconds.",
                             .items = "naps"});
    Wishes wishes;
    program.options().add_option("--fail", wishes.fail, "usage, store, memory, standard, odd, two or none");
    program.options().add_option("--on", wishes.on, "the rank that fails");
    program.options().add_option("--after", wishes.after, "seconds before it does");
    program.options().add_option("--stay", wishes.stay, "seconds that the other ranks stay");
    program.options().add_flag("--wait-for-signal", wishes.wait_for_signal, "end as a signal wants it");
    program.options().add_flag("--read", wishes.read, "count the bytes on standard input");
    cohort::add_whole(program.options(), "--count", wishes.count, "a number", {.least = 1, .most = 1000});
    cohort::add_whole(program.options(), "--lines", wishes.lines, "lines that the root prints");
    cohort::add_whole(program.options(), "--tasks", wishes.tasks, "naps to take");
    cohort::add_real(program.options(), "--each", wishes.each, "seconds of a nap", {.least = 0});
    program.check([&] {
        if (wishes.count == 13) throw cohort::UsageError("13 is an unlucky number", "", "take another");
    });
    return program.run(argc, argv, [&](cohort::Team& team) {
        const bool chosen = wishes.on < 0 || wishes.on == team.rank();
        if (wishes.wait_for_signal) {
            if (team.is_root()) std::cout << "waiting" << std::endl;
            if (chosen) wait_for_signal();
            sleep_for(wishes.stay);
        }
        if (!chosen) sleep_for(wishes.stay);
        sleep_for(wishes.after);
        if (chosen) fail(wishes.fail, team.rank());

        if (wishes.tasks > 0) {
            cohort::Progress bar = program.progress("naps");
            cohort::Balance balance;
            cohort::for_each(
                team, cohort::indices(wishes.tasks), [&](cohort::Index) { sleep_for(wishes.each); },
                {.schedule = program.common().schedule, .observers = {&bar}, .report = &balance});
            program.add_balance(balance);
        }
        for (std::uint64_t i = 0; team.is_root() && i < wishes.lines; ++i) std::cout << "line " << i << '\n';

        std::string input;
        if (wishes.read && team.is_root()) input.assign(std::istreambuf_iterator<char>(std::cin), {});
        const bool with_mpi = team.comm() != MPI_COMM_NULL;
        program.answer({{"count", cohort::exact(wishes.count)}, {"bytes", input.size()}, {"mpi", with_mpi}},
                       fmt::format("{} ranks, {} bytes\n", team.size(), input.size()));
    });
}

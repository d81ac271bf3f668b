// What early exit gains, how soon everyone stops, and what it costs to ask whether to stop.
//
//     mpirun -n 2 bench_exit positions 1e6 1    # searches with the hit at 1, 5, 20, 50 and 90 % of 1e6 tasks of 1 us
//     mpirun -n 2 bench_exit stop 1000          # searches in which all but one rank wait to be stopped
//     mpirun -n 2 bench_exit polling 1e7 9      # loops of so many bodies of about 1 ns, so many rounds
//
// positions prints the seconds of the five searches, in a line. stop prints a line for each search: the seconds from the
// hit until the last task had returned and until the last rank had left the call, both by this program's clock, and what
// the call's Balance says. polling prints a
// line for each round, in nanoseconds a turn: a loop alone, with one relaxed load, comparison and branch a turn (what
// asking must cost at least), with context.stop_requested() every turn, and every 16th; first for a body whose steps wait
// for each other, so that asking fits into the gaps, then for one that keeps the core busy.
#include "measured.hpp"
#include "spin.hpp"

#include <atomic>
#include <optional>
#include <string_view>

namespace {

using cohort::Context;
using cohort::Index;

void search_positions(cohort::Team& team, std::uint64_t items, double microseconds) {
    const auto steps = static_cast<std::uint64_t>(microseconds * bench::steps_per_microsecond(team));
    const auto seconds_to = [&](std::uint64_t percent) {
        const Index hit = items / 100 * percent;
        std::optional<Index> found;
        const double seconds = bench::seconds_of(team, [&] {
            found = cohort::find_first(team, cohort::indices(items), [&](Index i) {
                bench::keep(bench::spin(steps, i));
                return i == hit;
            });
        });
        if (found != hit) throw cohort::Fault("the search found something else");
        return seconds;
    };
    seconds_to(1);
    bench::print_line(team, {seconds_to(1), seconds_to(5), seconds_to(20), seconds_to(50), seconds_to(90)});
}

// The ranks take turns to find something, a little after all have begun with a task.
void stop_often(cohort::Team& team, std::uint64_t searches) {
    const auto a_little = static_cast<std::uint64_t>(200 * bench::steps_per_microsecond(team));
    const auto ranks = static_cast<std::uint64_t>(team.size());
    for (std::uint64_t search = 0; search < searches;) {
        const bool finds = search % ranks == static_cast<std::uint64_t>(team.rank());
        double hit = 0;
        double stopped = 0;
        const auto task = [&](Index i, Context& context) {
            if (finds) {
                bench::keep(bench::spin(a_little, i));
                hit = bench::now();
                return true;
            }
            while (!context.stop_requested()) {}
            stopped = bench::now();
            return false;
        };
        cohort::Balance balance;
        bench::together(team);
        cohort::find_any(team, cohort::From{0}, task, {.schedule = cohort::Fixed{1}, .report = &balance});
        const double left_at = bench::most_of(team, bench::now());
        const double hit_at = bench::most_of(team, hit);
        const double stopped_at = bench::most_of(team, stopped);
        if (bench::sum_over(team, hit + stopped > 0 ? 1 : 0) < team.size()) continue;  // one came too late
        bench::print_line(team, {stopped_at - hit_at, left_at - hit_at, balance.stop_latency});
        ++search;
    }
}

// Each step needs the result of the one before: 4 cycles.
struct Chain {
    std::uint64_t value = 1;
    void operator()(std::uint64_t /*turn*/) noexcept { value = value * bench::multiplier + bench::increment; }
};

// The bits of the turn stirred: 10 operations that wait for no other turn, so all that a core can issue counts.
struct Stir {
    std::uint64_t value = 1;
    void operator()(std::uint64_t turn) noexcept {
        asm volatile("" : "+r"(turn));  // one at a time, as a loop that can stop must have it
        turn = (turn ^ turn >> 30) * 0xbf58476d1ce4e5b9U;
        turn = (turn ^ turn >> 27) * 0x94d049bb133111ebU;
        value += turn ^ turn >> 31;
    }
};

// Nanoseconds a turn.
template <typename Body, typename Stop>
double time_loop(std::uint64_t turns, Stop&& stop) {
    Body body;
    const double start = bench::now();
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
        body(turn);
        if (stop(turn)) break;
    }
    const double seconds = bench::now() - start;
    bench::keep(body.value);
    return seconds / static_cast<double>(turns) * 1e9;
}

struct Costs {
    double alone, load, asked, asked_16th;
};

template <typename Body>
Costs cost_of_polling(std::uint64_t turns, Context& context) {
    std::atomic<std::uint64_t> horizon{turns};
    bench::keep(reinterpret_cast<std::uintptr_t>(&horizon));
    const Costs costs{
        .alone = time_loop<Body>(turns, [](std::uint64_t) { return false; }),
        .load = time_loop<Body>(turns,
                                [&](std::uint64_t) { return horizon.load(std::memory_order_relaxed) <= 1; }),
        .asked = time_loop<Body>(turns, [&](std::uint64_t) { return context.stop_requested(); }),
        .asked_16th = time_loop<Body>(
            turns, [&](std::uint64_t turn) { return turn % 16 == 0 && context.stop_requested(); })};
    return costs;
}

void poll_in_loops(cohort::Team& team, std::uint64_t turns, std::uint64_t rounds) {
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Costs chain{};
        Costs stir{};
        // A task for each rank: all of them poll.
        cohort::for_each(team, cohort::indices(static_cast<std::uint64_t>(team.size())),
                         [&](Index, Context& context) {
                             chain = cost_of_polling<Chain>(turns, context);
                             stir = cost_of_polling<Stir>(turns, context);
                         },
                         {.schedule = cohort::StaticBlock{}});
        bench::print_line(team, {chain.alone, chain.load, chain.asked, chain.asked_16th, stir.alone,
                                 stir.load, stir.asked, stir.asked_16th});
    }
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        const std::string_view mode = argc > 1 ? argv[1] : "";
        const auto whole = [&](int place) {
            return cohort::parse_whole(argv[place], fmt::format("argument {}", place), {.least = 1});
        };
        if (mode == "positions" && argc == 4) {
            search_positions(team, whole(2), cohort::parse_real(argv[3], "argument 3"));
        } else if (mode == "stop" && argc == 3) {
            stop_often(team, whole(2));
        } else if (mode == "polling" && argc == 4) {
            poll_in_loops(team, whole(2), whole(3));
        } else {
            throw cohort::UsageError(
                "usage: bench_exit positions ITEMS MICROSECONDS | stop SEARCHES | polling TURNS ROUNDS");
        }
    });
}

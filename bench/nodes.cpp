// How much of the time of all ranks goes into tasks when the ranks are on several nodes.
//
//     mpirun -n 8 bench_nodes layout                  # the nodes and the ranks
//     mpirun -n 8 bench_nodes computed 100 2e4 9      # tasks of 100 us, so many, rounds
//     mpirun -n 8 bench_nodes asleep 25 75 200 9      # tasks that sleep from 25 to 75 ms
//
// Tasks that sleep need no core, so any number of ranks can be had on a small machine, as if each had a core of its
// own. Tasks that compute share the cores there are. Prints a line for each round: the share of ranks * wall time inside
// tasks, by this program's clock; the same as the call's Balance has it, which counts all that is not waiting; and the
// floor. For tasks that sleep the floor is the share that is left where each task in turn goes to the rank that is free
// first and nothing else takes any time. For tasks that compute it is the wall time of the same tasks in one even block a
// rank without the library, over the call's: what of the cores' time goes into tasks, where ranks share them.
#include "measured.hpp"
#include "spin.hpp"

#include <functional>
#include <string_view>
#include <thread>

namespace {

using cohort::Index;

// Calls task(i) for all items, timed. Prints what the floor is for wall time and mean seconds inside a task.
template <typename Task, typename Floor>
void run_round(cohort::Team& team, std::uint64_t items, const Task& task, const Floor& floor) {
    double inside = 0;
    cohort::Balance balance;
    const auto timed = [&](Index i) {
        const double start = bench::now();
        const std::uint64_t result = task(i);
        inside += bench::now() - start;
        return result;
    };
    const double wall = bench::seconds_of(team, [&] {
        bench::keep(cohort::map_reduce(team, cohort::indices(items), std::uint64_t{0}, timed, std::plus<>{},
                                       {.report = &balance}));
    });
    const double share = bench::sum_over(team, inside) / (team.size() * wall);
    const double of_floor = floor(wall);
    bench::print_line(team, {share, balance.efficiency(), of_floor});
}

void compute(cohort::Team& team, double microseconds, std::uint64_t items, std::uint64_t rounds) {
    const auto steps = static_cast<std::uint64_t>(microseconds * bench::steps_per_microsecond(team));
    const auto task = [&](Index i) { return bench::spin(steps, i); };
    const cohort::Range own = cohort::block(items, static_cast<std::uint64_t>(team.size()),
                                            static_cast<std::uint64_t>(team.rank()));
    const auto in_blocks = [&] {
        return bench::seconds_of(team, [&] {
            for (std::uint64_t k = 0; k < own.count; ++k) bench::keep(task(own.first + k));
        });
    };
    for (std::uint64_t round = 0; round < rounds; ++round) {
        run_round(team, items, task, [&](double wall) { return in_blocks() / wall; });
    }
}

void sleep(cohort::Team& team, double least, double most, std::uint64_t items, std::uint64_t rounds) {
    const auto seconds = [&](Index i) {
        return (least + (most - least) * cohort::Random(cohort::Seed{1}, 0, i).uniform()) * 1e-3;
    };
    std::vector<double> free_at(static_cast<std::size_t>(team.size()));
    double inside = 0;
    for (Index i = 0; i < items; ++i) {
        *std::min_element(free_at.begin(), free_at.end()) += seconds(i);
        inside += seconds(i);
    }
    const double best = inside / (team.size() * *std::max_element(free_at.begin(), free_at.end()));
    const auto task = [&](Index i) -> std::uint64_t {
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds(i)));
        return i;
    };
    for (std::uint64_t round = 0; round < rounds; ++round) {
        run_round(team, items, task, [&](double) { return best; });
    }
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        const std::string_view mode = argc > 1 ? argv[1] : "";
        const auto whole = [&](int place) {
            return cohort::parse_whole(argv[place], fmt::format("argument {}", place), {.least = 1});
        };
        const auto real = [&](int place) {
            return cohort::parse_real(argv[place], fmt::format("argument {}", place));
        };
        if (mode == "layout" && argc == 2) {
            bench::print_line(team, {static_cast<double>(team.nodes()), static_cast<double>(team.size())});
        } else if (mode == "computed" && argc == 5) {
            compute(team, real(2), whole(3), whole(4));
        } else if (mode == "asleep" && argc == 6) {
            sleep(team, real(2), real(3), whole(4), whole(5));
        } else {
            throw cohort::UsageError(
                "usage: bench_nodes layout | computed MICROSECONDS TASKS ROUNDS | asleep LEAST_MS MOST_MS "
                "TASKS ROUNDS");
        }
    });
}

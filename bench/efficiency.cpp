// What of the ranks' time goes into the tasks: a call beside the same tasks with no library at all.
//
//     mpirun -n 2 bench_efficiency 1 pareto 1e6 9     # microseconds a task, their distribution, tasks, rounds
//
// The floor is the best that ranks can do: how long each task takes is known beforehand, so the tasks are dealt, longest
// first, each to the rank that has least so far, which makes all ranks' work even to within the shortest tasks; each rank
// then goes through its own in a plain loop, after an MPI_Barrier and with nothing else. No schedule can know that much.
// A call begins after the same barrier, and schedules as it does by itself. Prints a line for each round, in seconds:
// floor, for_each, floor, map, floor, map_reduce. What slows the machine for longer than a call slows both sides of a
// pair.
#include "measured.hpp"
#include "spin.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace {

using cohort::Index;

struct Tasks {
    std::vector<std::uint32_t> steps;

    std::uint64_t operator()(Index i) const noexcept {
        return bench::spin(steps[static_cast<std::size_t>(i)], i);
    }
    [[nodiscard]] std::uint64_t count() const noexcept { return steps.size(); }
};

// The tasks of this rank in the best split, in ascending order.
std::vector<Index> best_split(const Tasks& tasks, const cohort::Team& team) {
    std::vector<Index> longest_first(tasks.steps.size());
    std::iota(longest_first.begin(), longest_first.end(), Index{0});
    std::stable_sort(longest_first.begin(), longest_first.end(), [&](Index a, Index b) {
        return tasks.steps[static_cast<std::size_t>(a)] > tasks.steps[static_cast<std::size_t>(b)];
    });
    std::vector<std::uint64_t> work(static_cast<std::size_t>(team.size()));
    std::vector<Index> own;
    for (const Index i : longest_first) {
        const auto least = std::min_element(work.begin(), work.end());
        *least += tasks.steps[static_cast<std::size_t>(i)];
        if (least - work.begin() == team.rank()) own.push_back(i);
    }
    std::sort(own.begin(), own.end());
    return own;
}

double floor(const cohort::Team& team, const Tasks& tasks, const std::vector<Index>& own) {
    return bench::seconds_of(team, [&] {
        std::uint64_t sum = 0;
        for (const Index i : own) sum += tasks(i);
        bench::keep(sum);
    });
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        if (argc != 5) {
            throw cohort::UsageError("usage: bench_efficiency MICROSECONDS constant|pareto TASKS ROUNDS");
        }
        const double microseconds = cohort::parse_real(argv[1], "argument 1");
        const std::uint64_t items = cohort::parse_whole(argv[3], "argument 3", {.least = 1});
        const std::uint64_t rounds = cohort::parse_whole(argv[4], "argument 4", {.least = 1});
        const Tasks tasks{
            bench::task_steps(items, microseconds, argv[2], bench::steps_per_microsecond(team))};
        const std::vector<Index> own = best_split(tasks, team);
        const cohort::Indices input = cohort::indices(tasks.count());

        const auto for_each = [&] { cohort::for_each(team, input, [&](Index i) { bench::keep(tasks(i)); }); };
        const auto map = [&] { bench::keep(cohort::map(team, input, tasks).size()); };
        const auto map_reduce = [&] {
            bench::keep(cohort::map_reduce(team, input, std::uint64_t{0}, tasks, std::plus<>{}));
        };
        floor(team, tasks, own);  // memory is touched for the first time, and the cores wake up
        map();
        for (std::uint64_t round = 0; round < rounds; ++round) {
            const double floor_1 = floor(team, tasks, own);
            const double by_for_each = bench::seconds_of(team, for_each);
            const double floor_2 = floor(team, tasks, own);
            const double by_map = bench::seconds_of(team, map);
            const double floor_3 = floor(team, tasks, own);
            const double by_map_reduce = bench::seconds_of(team, map_reduce);
            bench::print_line(team, {floor_1, by_for_each, floor_2, by_map, floor_3, by_map_reduce});
        }
    });
}

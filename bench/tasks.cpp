// How many tasks a second a call gets through when a task is nothing: what is left is the call's own cost.
//
//     mpirun -n 2 bench_tasks map one 1e6      # one item at a time
//     mpirun -n 2 bench_tasks map auto 1e6     # in chunks as the call sees fit
//
// Prints the seconds of one call on the root. A call of the same kind before it is not counted: it touches memory for
// the first time.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <numeric>
#include <string_view>

namespace {

using cohort::Index;

std::uint64_t nothing(Index i) { return i; }

// The sum of all results, on the root: whoever has the sum has done the work.
std::uint64_t call(cohort::Team& team, std::string_view name, std::uint64_t items,
                   const cohort::Options& options) {
    const cohort::Indices input = cohort::indices(items);
    if (name == "map") {
        const auto results = cohort::map(team, input, nothing, options);
        return std::accumulate(results.begin(), results.end(), std::uint64_t{0});
    }
    std::uint64_t sum = 0;
    const auto add = [&](std::uint64_t result) { sum += result; };
    if (name == "map_ordered") {
        cohort::map_ordered(team, input, nothing, add, options);
    } else if (name == "map_unordered") {
        cohort::map_unordered(team, input, nothing, add, options);
    } else if (name == "map_reduce") {
        sum = cohort::map_reduce(team, input, std::uint64_t{0}, nothing, std::plus<>{}, options);
    } else {
        throw cohort::UsageError("there is no such call", "",
                                 "take map, map_ordered, map_unordered or map_reduce");
    }
    return sum;
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        if (argc != 4) throw cohort::UsageError("usage: bench_tasks CALL one|auto ITEMS");
        const std::uint64_t items = cohort::parse_whole(argv[3], "argument 3", {.least = 1});
        cohort::Balance balance;
        cohort::Options options{.report = &balance};
        if (std::string_view(argv[2]) == "one") options.schedule = cohort::Fixed{1};
        call(team, argv[1], items / 10, options);
        const std::uint64_t sum = call(team, argv[1], items, options);
        if (!team.is_root()) return;
        const cohort::Wide twice = cohort::Wide{items} * (items - 1);
        if (sum != static_cast<std::uint64_t>(twice / 2))
            throw cohort::Fault("the sum of the results is wrong");
        fmt::print("{}\n", balance.wall_time);
    });
}

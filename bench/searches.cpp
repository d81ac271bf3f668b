// How long a search for the smallest factor takes, one item at a time, with early exit.
//
//     mpirun -n 2 bench_searches 100109100129100369 95362951
//
// The second number is the right answer, 0 for a prime. Prints the seconds of the search on the root.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        if (argc != 3) throw cohort::UsageError("usage: bench_searches NUMBER FACTOR");
        const std::uint64_t n = cohort::parse_whole(argv[1], "argument 1", {.least = 2});
        const std::uint64_t factor = cohort::parse_whole(argv[2], "argument 2");
        const auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(n)));
        cohort::Balance balance;
        const auto found =
            cohort::find_first(team, cohort::indices(cohort::Range{2, root - 1}),
                               [n](cohort::Index k) { return n % k == 0; }, {.report = &balance});
        if (found.value_or(0) != factor) throw cohort::Fault("the factor is wrong");
        if (team.is_root()) fmt::print("{}\n", balance.wall_time);
    });
}

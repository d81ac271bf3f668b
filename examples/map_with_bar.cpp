// One function on every item, with a bar: the longest chain of the Collatz problem below a number.
//
//     mpirun -n 4 map_with_bar 10000000
//
// A chain goes from n to n / 2 if n is even and to 3 n + 1 if it is odd, until it reaches 1. The items are indices, so
// nothing is shipped but the results, which come to the root in the order of the items.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace {

std::uint32_t steps_to_one(cohort::Index n) {
    std::uint32_t steps = 0;
    for (; n > 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    return steps;
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        const std::uint64_t most =
            argc > 1 ? cohort::parse_whole(argv[1], "argument 1", {.least = 2}) : 1'000'000;

        cohort::Progress bar("numbers");
        const std::vector<std::uint32_t> steps =
            cohort::map(team, cohort::indices(most), steps_to_one, {.observers = {&bar}});

        if (team.is_root()) {
            const auto longest = std::max_element(steps.begin(), steps.end());
            fmt::print("the longest chain below {} starts at {} and has {} steps\n", most,
                       longest - steps.begin(), *longest);
        }
    });
}

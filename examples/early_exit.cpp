// A search that ends as soon as its answer is certain: the smallest factor of a number.
//
//     mpirun -n 4 early_exit 100109100129100369
//
// The answer is the smallest hit on any number of ranks: a hit ends the work beyond it, and what lies below it is
// finished first. So no rank has to be asked "anything yet?", and nobody has to set a flag.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <cmath>
#include <optional>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        const std::uint64_t n =
            cohort::parse_whole(argc > 1 ? argv[1] : "112272535095295", "argument 1", {.least = 2});
        // A factor is found at its root or before, if there is one; the root is rounded, hence one more.
        const auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(n))) + 1;

        cohort::Balance balance;
        const std::optional<cohort::Index> factor =
            cohort::find_first(team, cohort::indices(cohort::Range{2, root - 1}),
                               [n](cohort::Index k) { return n % k == 0 && k < n; }, {.report = &balance});

        if (team.is_root()) {
            fmt::print("{} {}\n", n, factor ? fmt::format("is a multiple of {}", *factor) : "is prime");
            fmt::print(stderr, "{} of {} numbers were tried\n", balance.items, root - 1);
        }
    });
}

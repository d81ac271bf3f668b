// Parts: a solver that needs two ranks for one item, run on many items at once.
//
//     mpirun -n 4 parts
//
// Ranks 0 and 1 are a part, 2 and 3 the next. A part takes an item as a rank does elsewhere; its ranks run the task
// together, here relaxing a heated bar of which each has a piece, and the first one's result counts.
#include <cohort/cohort.hpp>

#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

// The step at which a bar of `cells` cells, cold but for an end at 1, has nearly the temperature that it will keep.
int steps_to_settle(int cells, cohort::Team& part) {
    const cohort::Range mine =
        cohort::block(static_cast<std::uint64_t>(cells), static_cast<std::uint64_t>(part.size()),
                      static_cast<std::uint64_t>(part.rank()));
    const bool first = part.is_root();
    const bool last = part.rank() == part.size() - 1;
    std::vector<double> now(mine.count + 2);  // with the neighbours' cells at both ends
    std::vector<double> next(now.size());
    if (first) now.front() = next.front() = 1;
    for (int step = 1;; ++step) {
        double change = 0;
        for (std::size_t i = 1; i <= mine.count; ++i) {
            next[i] = (now[i - 1] + now[i + 1]) / 2;
            change = std::max(change, std::abs(next[i] - now[i]));
        }
        now.swap(next);
        if (part.size() > 1) {
            const int left = first ? MPI_PROC_NULL : part.rank() - 1;
            const int right = last ? MPI_PROC_NULL : part.rank() + 1;
            MPI_Sendrecv(&now[1], 1, MPI_DOUBLE, left, 0, &now[mine.count + 1], 1, MPI_DOUBLE, right, 0,
                         part.comm(), MPI_STATUS_IGNORE);
            MPI_Sendrecv(&now[mine.count], 1, MPI_DOUBLE, right, 0, &now[0], 1, MPI_DOUBLE, left, 0,
                         part.comm(), MPI_STATUS_IGNORE);
            MPI_Allreduce(MPI_IN_PLACE, &change, 1, MPI_DOUBLE, MPI_MAX, part.comm());
        }
        if (change < 1e-4) return step;
    }
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [](cohort::Team& team) {
        cohort::Parts parts(team, team.rank() / 2);
        const std::vector<int> cells{10, 20, 40, 80};
        const std::vector<int> steps = cohort::map(parts, cells, steps_to_settle);
        for (std::size_t i = 0; i < steps.size(); ++i) fmt::print("{} cells: {} steps\n", cells[i], steps[i]);
    });
}

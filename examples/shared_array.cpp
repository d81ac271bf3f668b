// An array that a node holds once, however many ranks it has: 6.4 GB that every rank reads and writes.
//
//     mpirun -n 4 shared_array                # 100_000 x 8_000 doubles: 6.4 GB
//     mpirun -n 4 shared_array 1000 800       # 6.4 MB
//
// Ranks have no memory in common but what they ask for. If there is no room, they are told before anything is
// touched.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        const std::uint64_t rows = argc > 1 ? cohort::parse_whole(argv[1], "argument 1") : 100'000;
        const std::uint64_t columns = argc > 2 ? cohort::parse_whole(argv[2], "argument 2") : 8'000;
        cohort::Team node = team.node();
        cohort::SharedArray<double> table(node, rows, columns);

        // Each row is written by one rank, and read by another after the fence.
        cohort::for_each(node, cohort::indices(rows),
                         [&](cohort::Index i) { std::ranges::fill(table.row(i), static_cast<double>(i)); });
        table.fence();
        const double sum = cohort::map_reduce(node, cohort::indices(rows), 0.0, [&](cohort::Index i) {
            const auto row = table.row(rows - 1 - i);
            return std::accumulate(row.begin(), row.end(), 0.0);
        });

        if (team.is_root()) {
            fmt::print("{} x {} doubles, {} bytes, once for {} ranks\n", rows, columns,
                       cohort::grouped(table.size() * sizeof(double)), node.size());
            fmt::print("their mean is {}\n", sum / static_cast<double>(table.size()));
        }
    });
}

// Data between ranks without tasks: measurements brought to mean 0 and deviation 1.
//
//     mpirun -n 3 scatter_gather
//
// For those who think in blocks, as MPI programs do: every rank gets a block of the root's data, works on it, and gives
// it back. Blocks may be uneven, or empty. What needs all data at once travels by broadcast and all_gather.
#include <cohort/cohort.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <numeric>
#include <vector>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [](cohort::Team& team) {
        std::vector<double> measured;
        if (team.is_root()) measured = {3, 5, 4, 7, 11, 2, 9, 15};

        // 8 values on 3 ranks: blocks of 3, 3 and 2.
        std::vector<double> mine = cohort::scatter(team, measured);
        const auto count = static_cast<double>(cohort::broadcast(team, measured.size()));

        // One value of each rank, on every rank.
        const std::vector<double> sums =
            cohort::all_gather(team, std::accumulate(mine.begin(), mine.end(), 0.0));
        const double mean = std::accumulate(sums.begin(), sums.end(), 0.0) / count;

        for (double& value : mine) value -= mean;
        const std::vector<double> squares =
            cohort::all_gather(team, std::inner_product(mine.begin(), mine.end(), mine.begin(), 0.0));
        const double deviation = std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0) / count);

        for (double& value : mine) value /= deviation;
        const std::vector<double> standard = cohort::gather(team, mine);
        if (team.is_root()) {
            fmt::print("mean {:.2f}, deviation {:.2f}\n{:.2f}\n", mean, deviation, fmt::join(standard, " "));
        }
    });
}

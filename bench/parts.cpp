// What an item costs that all ranks do together as one part, beside what it must cost.
//
//     mpirun -n 2 bench_parts 1e5
//
// A task of nothing, so what is left is what a part has to say for an item: which it is, and that all have done it. The
// floors say the same without a call: a broadcast of the number and a reduction, by cohort's collectives and by MPI's.
// Prints microseconds per item on the root, medians of nine rounds in which all run one after the other.
#include <cohort/cohort.hpp>

#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace {

void by_mpi(cohort::Team& team, std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) {
        std::uint64_t item = i;
        int failed = 0;
        MPI_Bcast(&item, 1, MPI_UINT64_T, 0, team.comm());
        MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, team.comm());
    }
}

void by_cohort(cohort::Team& team, std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) {
        static_cast<void>(cohort::broadcast(team, i));
        team.agree([] {});
    }
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        if (argc != 2) throw cohort::UsageError("usage: bench_parts ITEMS");
        const std::uint64_t items = cohort::parse_whole(argv[1], "argument 1", {.least = 1});
        cohort::Parts parts(team, 0);
        const auto nothing = [](cohort::Index, cohort::Team&) {};
        const std::vector<std::pair<std::string_view, std::function<void()>>> contestants{
            {"for_each on one part of all ranks", [&] { for_each(parts, cohort::indices(items), nothing); }},
            {"floor: broadcast and agree", [&] { by_cohort(team, items); }},
            {"floor: MPI_Bcast and MPI_Allreduce", [&] { by_mpi(team, items); }},
        };
        std::vector<std::vector<double>> rounds(contestants.size());
        for (int round = 0; round < 9; ++round) {
            for (std::size_t i = 0; i < contestants.size(); ++i) {
                team.barrier();
                const auto start = std::chrono::steady_clock::now();
                contestants[i].second();
                const std::chrono::duration<double, std::micro> time =
                    std::chrono::steady_clock::now() - start;
                rounds[i].push_back(time.count() / static_cast<double>(items));
            }
        }
        for (std::size_t i = 0; i < contestants.size() && team.is_root(); ++i) {
            std::nth_element(rounds[i].begin(), rounds[i].begin() + 4, rounds[i].end());
            fmt::print("{:<36} {:7.2f} us\n", contestants[i].first, rounds[i][4]);
        }
    });
}

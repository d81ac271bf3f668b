// Teams within the team: two searches at once, each on its half of the ranks.
//
//     mpirun -n 4 teams
//
// A split gives every rank a team of those that named the same colour, and calls of different teams do not meet. What
// the halves found is gathered over the whole team, which waits for both.
#include <cohort/cohort.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [](cohort::Team& team) {
        constexpr std::uint64_t numbers[] = {112272535095295, 10967535067};
        // One rank alone does both in turn.
        const int teams = std::min(team.size(), 2);
        const int colour = team.rank() % teams;
        cohort::Team half = team.split(colour);

        using Answer = std::pair<std::uint64_t, cohort::Index>;
        std::vector<Answer> mine;
        for (int i = colour; i < 2; i += teams) {
            const std::uint64_t n = numbers[i];
            const auto factor =
                cohort::find_first(half, cohort::From{2}, [n](cohort::Index k) { return n % k == 0; });
            // The answer is on every rank of the half; one of them passes it on.
            if (half.is_root()) mine.emplace_back(n, *factor);
        }
        for (const auto& [n, factor] : cohort::gather(team, mine)) {
            fmt::print("{} is a multiple of {}\n", n, factor);
        }

        // The ranks that share memory are a team too.
        cohort::Team node = team.node();
        std::vector<int> sizes;
        if (node.is_root()) sizes.push_back(node.size());
        sizes = cohort::gather(team, sizes);
        if (team.is_root()) fmt::print("nodes: {}, of {} ranks\n", team.nodes(), fmt::join(sizes, ", "));
    });
}

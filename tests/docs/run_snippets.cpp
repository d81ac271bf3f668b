// Runs every snippet of the pages, one after the other.
#include "snippets.hpp"

#include <numeric>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [](cohort::Team& team) {
        for (const Snippet& snippet : snippets) {
            std::vector<double> xs(team.is_root() ? 1000 : 0);
            std::iota(xs.begin(), xs.end(), 0.0);
            if (team.is_root()) fmt::print("== {}\n", snippet.where);
            snippet.run(team, xs);
        }
    });
}

// Types that may travel, in every place where compile_test.py tries types that may not. If this compiles and those do not,
// the types are the reason.
#include <cohort/cohort.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace compile_control {

struct Point {
    double x;
    double y;
};

void travels(cohort::Team& team) {
    const cohort::Indices three = cohort::indices(3);
    const std::vector<double> xs;
    cohort::map(team, xs, [](double x) { return x; });
    cohort::map(team, three, [](cohort::Index) { return Point{0, 0}; });
    cohort::map(team, three, [](cohort::Index) { return std::string("text"); });
    cohort::map(team, three, [](cohort::Index) { return std::pair<int, std::string>(); });
    cohort::map(team, three, [](cohort::Index) { return std::tuple<int, std::optional<double>>(); });
    cohort::map(team, three, [](cohort::Index) { return std::vector<std::string>(); });
    cohort::map(team, three, [](cohort::Index) { return std::map<std::string, int>(); });
    cohort::map(team, cohort::produced([] { return std::optional<std::string>(); }),
                [](const std::string&) { return 1; });
    cohort::map_reduce(
        team, three, 0, [](cohort::Index) { return 1; }, std::plus<>{});
    cohort::broadcast(team, std::string("text"));
    cohort::all_gather(team, 1);
    cohort::scatter(team, std::vector<int>());
    cohort::search_first(team, cohort::Grains{.items = 3, .size = 1},
                         [](cohort::Grain) { return std::optional<int>(); });
}

}  // namespace compile_control

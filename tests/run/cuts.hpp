// Ways to cut the team of all ranks in parts, and tasks that no rank can do alone.
#pragma once

#include <cohort/run/exchange.hpp>
#include <cohort/run/parts.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <vector>

namespace cohort::testing {

struct Cut {
    const char* name;
    int (*colour)(const Team& team);
};

// Even, uneven and interleaved parts, parts of one rank, one part of all, a part per node.
inline constexpr Cut every_cut[] = {
    {"ones", [](const Team& team) { return team.rank(); }},
    {"pairs", [](const Team& team) { return team.rank() / 2; }},
    {"one and the rest", [](const Team& team) { return team.rank() == 0 ? 0 : 1; }},
    {"the rest and one", [](const Team& team) { return team.rank() == team.size() - 1 ? 1 : 0; }},
    {"odd and even", [](const Team& team) { return 9 - team.rank() % 2; }},
    {"one part", [](const Team&) { return 0; }},
    {"nodes", [](const Team& team) { return team.node_number(); }},
};

inline void for_every_cut(const std::function<void(Team&, Parts&)>& check) {
    for (const Cut& cut : every_cut) {
        SCOPED_TRACE(cut.name);
        Parts parts(world(), cut.colour(world()));
        check(world(), parts);
    }
}

// `value`, if all ranks of the part have the same; what a task does that cannot be done by one rank.
template <typename T>
T together(Team& part, const T& value) {
    const std::vector<T> all = all_gather(part, std::vector<T>{value});
    if (all.size() != static_cast<std::size_t>(part.size()) || all.front() != all.back() ||
        std::adjacent_find(all.begin(), all.end(), std::not_equal_to<>()) != all.end()) {
        throw std::logic_error("the ranks of a part have different items");
    }
    return value;
}

inline Index square(Index i, Team& part) { return together(part, i) * i; }

}  // namespace cohort::testing

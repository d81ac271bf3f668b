// A team knows its ranks and nodes, can be split, and agrees on errors.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/team/team.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace cohort {
namespace {

std::vector<int> ranks_of(Team& team) { return all_gather(team, team.rank()); }

std::vector<int> first_numbers(int count) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

TEST(Team, NumbersItsRanksFromTheRoot) {
    Team& team = testing::world();
    EXPECT_EQ(ranks_of(team), first_numbers(team.size()));
    EXPECT_EQ(team.is_root(), team.rank() == 0);
}

TEST(Team, KnowsTheNodesOfItsRanks) {
    Team& team = testing::world();
    const std::vector<int> nodes = all_gather(team, team.node_number());
    EXPECT_EQ(nodes.front(), 0);
    for (int rank = 0; rank < team.size(); ++rank) {
        EXPECT_EQ(team.node_of(rank), nodes[static_cast<std::size_t>(rank)]);
    }
    EXPECT_EQ(*std::max_element(nodes.begin(), nodes.end()) + 1, team.nodes());
    EXPECT_EQ(std::count(nodes.begin(), nodes.end(), team.node_number()), team.node_size());
    EXPECT_LT(team.node_rank(), team.node_size());
    EXPECT_FALSE(team.host().empty());
}

TEST(Team, KnowsTheNodesThatItRunsOn) {
    const char* nodes = std::getenv("COHORT_VIRTUAL_NODES");
    if (nodes == nullptr) {
        GTEST_SKIP() << "tests/support/virtual_nodes has not started this";
    }
    Team& team = testing::world();
    EXPECT_EQ(std::to_string(team.nodes()), nodes);
    EXPECT_EQ(team.node_size(), team.size() / team.nodes());
    EXPECT_EQ(team.host(), "virtual" + std::to_string(team.node_number() + 1));
}

TEST(Team, OfANodeHoldsTheRanksThatShareMemory) {
    Team& team = testing::world();
    Team node = team.node();
    EXPECT_EQ(node.size(), team.node_size());
    EXPECT_EQ(node.rank(), team.node_rank());
    EXPECT_EQ(node.nodes(), 1);
}

TEST(Team, SplitsByColourInTheOrderOfRanks) {
    Team& team = testing::world();
    Team part = team.split(team.rank() % 2);
    const std::vector<int> old_ranks = all_gather(part, team.rank());
    for (std::size_t i = 0; i < old_ranks.size(); ++i) {
        EXPECT_EQ(old_ranks[i], static_cast<int>(2 * i) + team.rank() % 2);
    }
}

TEST(Team, CanBeSplitAgainAndAgain) {
    Team& team = testing::world();
    for (int round = 0; round < 50; ++round) {
        Team part = team.split(team.rank() % (1 + round % 3));
        EXPECT_EQ(ranks_of(part), first_numbers(part.size()));
    }
    EXPECT_EQ(ranks_of(team), first_numbers(team.size()));
}

TEST(Team, PartsWorkSideBySide) {
    Team& team = testing::world();
    Team part = team.split(team.rank() % 2);
    const Index items = 1'000 + static_cast<Index>(team.rank() % 2);
    const auto results =
        map(part, indices(items), [](Index i) { return i; }, {.results = Results::everywhere});
    EXPECT_EQ(results.size(), items);
    EXPECT_EQ(results.back(), items - 1);
}

TEST(Team, RefusesANegativeColourOnEveryRank) {
    Team& team = testing::world();
    EXPECT_THROW((void)team.split(team.is_root() ? -1 : 0), UsageError);
    team.barrier();
}

TEST(Team, AloneNeedsNobody) {
    Team alone = Team::alone();
    EXPECT_EQ(alone.size(), 1);
    EXPECT_EQ(alone.comm(), MPI_COMM_NULL);
    EXPECT_EQ(map(alone, indices(5), [](Index i) { return i * i; }), (std::vector<Index>{0, 1, 4, 9, 16}));
    Team part = alone.split(3);
    EXPECT_EQ(part.size(), 1);
}

TEST(Team, AgreesOnTheErrorOfTheLowestRankThatThrew) {
    Team& team = testing::world();
    const int last = team.size() - 1;
    try {
        team.agree([&] {
            if (team.rank() >= last) {
                throw StoreError("rank " + std::to_string(team.rank()));
            }
        });
        ADD_FAILURE() << "no rank threw";
    } catch (const StoreError& error) {
        EXPECT_EQ(error.what(), "rank " + std::to_string(last));
    }
    EXPECT_NO_THROW(team.agree([] {}));
}

TEST(Team, AgreesOnErrorsThatAreNotOurs) {
    Team& team = testing::world();
    EXPECT_THROW(team.agree([&] {
        if (team.is_root()) {
            throw std::bad_alloc();
        }
    }),
                 TaskError);
}

TEST(Team, RefusesACallFromInsideATask) {
    Team& team = testing::world();
    const auto nested = [&](Index) { team.barrier(); };
    EXPECT_THROW(for_each(team, indices(10), nested), UsageError);
    EXPECT_EQ(ranks_of(team), first_numbers(team.size()));
}

TEST(Team, LetsATaskUseATeamOfItsOwn) {
    Team& team = testing::world();
    const auto sums = map(team, indices(10), [](Index i) {
        Team alone = Team::alone();
        const auto parts = map(alone, indices(i), [](Index k) { return k; });
        return std::accumulate(parts.begin(), parts.end(), Index{0});
    });
    if (team.is_root()) {
        EXPECT_EQ(sums[9], 36U);
    }
}

TEST(Team, IsOfNoUseAfterClose) {
    Team& team = testing::world();
    Team part = team.split(0);
    part.close();
    EXPECT_THROW(part.barrier(), UsageError);
}

}  // namespace
}  // namespace cohort

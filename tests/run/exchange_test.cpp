// scatter, gather and broadcast carry uneven blocks of any size, in pieces.
#include <cohort/run/exchange.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <numeric>
#include <string>
#include <vector>

namespace cohort {
namespace {

using testing::world;

TEST(Exchange, ScatterAndGatherGiveBackWhatWasThere) {
    Team& team = world();
    for (const std::size_t count : {0U, 1U, 2U, 7U, 1'000U, 100'003U}) {
        std::vector<double> xs(team.is_root() ? count : 0);
        std::iota(xs.begin(), xs.end(), 0.5);
        const std::vector<double> mine = scatter(team, xs);
        const Range part =
            block(count, static_cast<std::uint64_t>(team.size()), static_cast<std::uint64_t>(team.rank()));
        EXPECT_EQ(mine.size(), part.count);
        if (!mine.empty()) {
            EXPECT_EQ(mine.front(), static_cast<double>(part.first) + 0.5);
        }
        EXPECT_EQ(gather(team, mine), xs);
        EXPECT_EQ(all_gather(team, mine).size(), count);
    }
}

TEST(Exchange, GathersUnevenBlocksInTheOrderOfRanks) {
    Team& team = world();
    const std::vector<std::string> mine(static_cast<std::size_t>(team.rank() * 3),
                                        std::to_string(team.rank()));
    std::vector<std::string> expected;
    for (int rank = 0; rank < team.size(); ++rank) {
        expected.insert(expected.end(), static_cast<std::size_t>(rank * 3), std::to_string(rank));
    }
    EXPECT_EQ(all_gather(team, mine), expected);
}

TEST(Exchange, BroadcastsTheRootsValue) {
    Team& team = world();
    const std::string text = broadcast(team, team.is_root() ? std::string(50'000, 'x') : std::string("mine"));
    EXPECT_EQ(text, std::string(50'000, 'x'));
    EXPECT_EQ(broadcast(team, team.rank() + 10), 10);
}

TEST(OnEach, RunsOnceOnEveryRank) {
    Team& team = world();
    const std::vector<int> results = on_each(team, [&] { return team.rank() * team.rank(); });
    if (team.is_root()) {
        ASSERT_EQ(results.size(), static_cast<std::size_t>(team.size()));
        EXPECT_EQ(results.back(), (team.size() - 1) * (team.size() - 1));
    }
    EXPECT_THROW(on_each(team,
                         [&](Team& all) {
                             if (all.rank() == all.size() - 1) {
                                 throw std::runtime_error("only here");
                             }
                         }),
                 TaskError);
}

TEST(OnRoot, GivesEveryRankTheResultOrTheError) {
    Team& team = world();
    int runs = 0;
    EXPECT_EQ(on_root(team,
                      [&] {
                          ++runs;
                          return std::string("read once");
                      }),
              "read once");
    EXPECT_EQ(runs, team.is_root() ? 1 : 0);
    EXPECT_THROW(on_root(team, []() -> int { throw UsageError("line 3 is bad"); }), UsageError);
}

}  // namespace
}  // namespace cohort

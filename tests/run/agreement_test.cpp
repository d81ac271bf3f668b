// In builds that compare calls, different calls on different ranks are an error on all of them, and no hang.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>

#include <gtest/gtest.h>
#include <run/failing.hpp>
#include <support/world.hpp>

#include <functional>

namespace cohort {
namespace {

using testing::expect_everywhere;
using testing::world;

// Collective. One rank, each in turn, calls `odd` and the others `even`: an error that names `first` and `second`.
void expect_told(const std::function<void(Team&)>& odd, const std::string& first,
                 const std::function<void(Team&)>& even, const std::string& second) {
    Team& team = world();
    for (int rank = 0; rank < team.size() && team.size() > 1; ++rank) {
        const std::string words =
            expect_everywhere<UsageError>(team, [&] { team.rank() == rank ? odd(team) : even(team); });
        EXPECT_NE(words.find(first), std::string::npos) << words;
        EXPECT_NE(words.find(second), std::string::npos) << words;
    }
    if (team.size() == 1) {  // who is alone cannot disagree
        odd(team);
        even(team);
        EXPECT_EQ(all_gather(team, 1), std::vector<int>{1});
    }
}

int one(Index) { return 1; }

auto map_of(std::uint64_t count, Options options = {}) {
    return [=](Team& team) { map(team, indices(count), one, options); };
}

TEST(DifferentCalls, OfMapAndBarrier) {
    expect_told(
        map_of(10), "map of 10 grains", [](Team& team) { team.barrier(); }, "barrier");
}

TEST(DifferentCalls, OfTwoKindsOfMap) {
    expect_told(
        map_of(10), "map of 10 grains", [](Team& team) { for_each(team, indices(10), one); },
        "for_each of 10 grains");
}

TEST(DifferentCalls, OfOneKindWithOtherSizes) {
    expect_told(map_of(10), "map of 10 grains", map_of(11), "map of 11 grains");
}

TEST(DifferentCalls, OfOneKindWithOtherSchedules) {
    expect_told(map_of(10, {.schedule = Fixed{2}}), "fixed, 2", map_of(10, {.schedule = StaticBlock{}}),
                "static");
}

TEST(DifferentCalls, OfOneKindWithOtherOptions) {
    expect_told(map_of(10, {.results = Results::everywhere}), "results everywhere", map_of(10), "(auto)");
    expect_told(map_of(10, {.retries = 2}), "2 retries", map_of(10), "(auto)");
}

TEST(DifferentCalls, OfExchanges) {
    expect_told([](Team& team) { broadcast(team, 1); }, "broadcast", [](Team& team) { gather(team, 1); },
                "gather");
    expect_told([](Team& team) { on_root(team, [] { return 1; }); }, "agree",
                [](Team& team) { (void)find_any(team, indices(5), [](Index) { return true; }); }, "find_any");
}

TEST(SameCalls, WithOtherContainersAreTheRootsBusiness) {
    Team& team = world();
    const std::vector<int> xs(static_cast<std::size_t>(team.rank() + 3), 1);
    EXPECT_EQ(map_reduce(team, xs, 0, [](int x) { return x; }), 3);
}

}  // namespace
}  // namespace cohort

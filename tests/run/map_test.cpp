// map, map_into and for_each run every item once and keep the order of the input.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/team/counter.hpp>

#include <gtest/gtest.h>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <mutex>
#include <numeric>
#include <string>
#include <vector>

namespace cohort {
namespace {

using testing::every_schedule;
using testing::world;

std::vector<Index> squares(std::uint64_t count) {
    std::vector<Index> all;
    for (Index i = 0; i < count; ++i) {
        all.push_back(i * i);
    }
    return all;
}

TEST(Map, KeepsTheOrderOfIndicesForEveryScheduleAndSize) {
    Team& team = world();
    for (const std::uint64_t count : {0U, 1U, 2U, 7U, 1'000U, 20'000U}) {
        for (const Schedule& schedule : every_schedule()) {
            const auto results =
                map(team, indices(count), [](Index i) { return i * i; }, {.schedule = schedule});
            EXPECT_EQ(results, team.is_root() ? squares(count) : std::vector<Index>{})
                << count << " " << name(schedule);
        }
    }
}

TEST(Map, ShipsTheRootsItemsForEverySchedule) {
    Team& team = world();
    for (const int count : {0, 1, 5, 3'000}) {
        const std::vector<std::string> xs = testing::words(team.is_root(), count);
        for (const Schedule& schedule : every_schedule()) {
            const auto results =
                map(team, xs, [](const std::string& x) { return x + "!"; }, {.schedule = schedule});
            ASSERT_EQ(results.size(), xs.size()) << count << " " << name(schedule);
            for (std::size_t i = 0; i < xs.size(); ++i) {
                ASSERT_EQ(results[i], xs[i] + "!");
            }
        }
    }
}

TEST(Map, LeavesResultsEverywhereWhenAsked) {
    Team& team = world();
    const auto task = [](Index i) { return std::to_string(i); };
    const auto results = map(team, indices(500), task, {.results = Results::everywhere});
    ASSERT_EQ(results.size(), 500U);
    EXPECT_EQ(results[499], "499");
}

TEST(Map, TakesAContainerThatEveryRankHas) {
    Team& team = world();
    std::vector<int> xs(1'000);
    std::iota(xs.begin(), xs.end(), 5);
    const auto results = map(team, everywhere(xs), [](int x) { return 2 * x; });
    if (team.is_root()) {
        EXPECT_EQ(results.front(), 10);
        EXPECT_EQ(results.back(), 2 * 1'004);
    }
}

TEST(Map, ReadsASourceOnTheRankThatNeedsIt) {
    Team& team = world();
    testing::Squares source(30'000);
    const auto results = map(team, source, [](double x) { return x + 1; });
    if (team.is_root()) {
        ASSERT_EQ(results.size(), 30'000U);
        EXPECT_EQ(results[29'999], 29'999.0 * 29'999.0 + 1);
    }
}

TEST(Map, GivesKernelsWholeGrains) {
    Team& team = world();
    const auto sizes = map(team, Grains{.items = 103, .size = 10, .first = 1'000},
                           [](Grain grain) { return std::pair(grain.first, grain.count); });
    if (team.is_root()) {
        ASSERT_EQ(sizes.size(), 11U);
        EXPECT_EQ(sizes[10], (std::pair<Index, std::uint64_t>(1'100, 3)));
    }
}

struct NoDefault {
    explicit NoDefault(Index number) : value(number) {}
    Index value;
};

TEST(Map, NeedsNoDefaultConstructorOfResults) {
    const auto results = map(world(), indices(100), [](Index i) { return NoDefault(i); });
    if (world().is_root()) {
        EXPECT_EQ(results.at(99).value, 99U);
    }
}

TEST(Map, TellsATaskItsIndexAndGivesItItsOwnRandomNumbers) {
    Team& team = world();
    const auto draw = [](Index i, Context& context) {
        return std::pair(context.index() == i, context.random()());
    };
    const auto few = map(team, indices(200), draw, {.schedule = Fixed{1}, .seed = Seed(9)});
    const auto more = map(team, indices(200), draw, {.schedule = StaticBlock{}, .seed = Seed(9)});
    EXPECT_EQ(few, more);
    for (std::size_t i = 0; i < few.size(); ++i) {
        EXPECT_TRUE(few[i].first);
        EXPECT_EQ(few[i].second, Random(Seed(9), 0, i)());
    }
}

TEST(Map, CarriesResultsAndItemsOfManyMegabytes) {
    Team& team = world();
    std::vector<std::vector<double>> xs;
    for (int i = 0; team.is_root() && i < 5; ++i) {
        xs.emplace_back(400'000, i);
    }
    const auto results = map(team, xs, [](std::vector<double> x) {
        x.push_back(-1);
        return x;
    });
    for (std::size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ(results[i].size(), 400'001U);
        EXPECT_EQ(results[i][399'999], static_cast<double>(i));
    }
}

TEST(Map, WorksOnOneRankWithoutMpi) {
    Team alone = Team::alone();
    EXPECT_EQ(map(alone, indices(10), [](Index i) { return i * i; }), squares(10));
    EXPECT_EQ(map(alone, std::vector<int>{1, 2}, [](int x) { return x + 1; }), (std::vector<int>{2, 3}));
}

TEST(Map, ReportsItsBalanceOnEveryRank) {
    Team& team = world();
    Balance balance;
    map(team, indices(10'000), [](Index i) { return i; }, {.report = &balance});
    EXPECT_EQ(balance.items, 10'000U);
    EXPECT_EQ(balance.ranks, team.size());
    EXPECT_GT(balance.wall_time, 0);
    EXPECT_LE(balance.serial_time, balance.wall_time * team.size() * 1.001);
    EXPECT_LT(balance.slowest_rank, team.size());
    EXPECT_EQ(all_gather(team, balance.items).back(), balance.items);
}

TEST(ForEach, RunsEveryItemOnce) {
    Team& team = world();
    Team node = team.node();
    Counter count(node);
    Counter sum(node);
    for_each(team, indices(5'000), [&](Index i) {
        count.add();
        sum.add(i);
    });
    for_each(team, testing::words(team.is_root(), 100), [&](const std::string&) { count.add(); });
    team.barrier();
    const std::vector<std::uint64_t> counts = all_gather(team, node.is_root() ? count.value() : 0);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), 5'100U);
}

// Notes what it is given, and on how many ranks it was finished.
class Noting : public Sink<Index> {
  public:
    void write(Index first, std::span<const Index> results) override {
        for (std::size_t i = 0; i < results.size(); ++i) {
            places.push_back(first + i);
            wrong += results[i] != (first + i) * 3 ? 1 : 0;
        }
    }
    void finish() override { ++finished; }

    std::vector<Index> places;
    int wrong = 0;
    int finished = 0;
};

TEST(MapInto, GivesEveryResultToTheSinkOnceAndFinishesIt) {
    Team& team = world();
    for (const Schedule& schedule : every_schedule()) {
        Noting sink;
        map_into(team, indices(3'000), [](Index i) { return i * 3; }, sink, {.schedule = schedule});
        EXPECT_EQ(sink.wrong, 0);
        EXPECT_EQ(sink.finished, 1);
        std::vector<Index> places = all_gather(team, sink.places);
        std::sort(places.begin(), places.end());
        ASSERT_EQ(places.size(), 3'000U) << name(schedule);
        EXPECT_EQ(std::adjacent_find(places.begin(), places.end()), places.end());
    }
}

TEST(MapInto, TakesTheRootsItems) {
    Team& team = world();
    Noting sink;
    std::vector<Index> xs(team.is_root() ? 1'000 : 0);
    std::iota(xs.begin(), xs.end(), Index{0});
    map_into(
        team, xs, [](Index i) { return i * 3; }, sink);
    EXPECT_EQ(sink.wrong, 0);
    EXPECT_EQ(all_gather(team, sink.places).size(), 1'000U);
}

}  // namespace
}  // namespace cohort

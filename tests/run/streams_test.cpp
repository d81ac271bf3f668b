// Streams hand every result to the root once, in order where promised, with a bounded number in flight.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/team/counter.hpp>

#include <gtest/gtest.h>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cohort {
namespace {

using testing::every_schedule;
using testing::world;

TEST(MapOrdered, KeepsTheOrderForEverySchedule) {
    Team& team = world();
    for (const Schedule& schedule : every_schedule()) {
        std::vector<Index> seen;
        map_ordered(
            team, indices(5'000), [](Index i) { return i * 2; },
            [&](Index index, Index result) {
                EXPECT_EQ(result, index * 2);
                seen.push_back(index);
            },
            {.schedule = schedule});
        ASSERT_EQ(seen.size(), team.is_root() ? 5'000U : 0U) << name(schedule);
        EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    }
}

TEST(MapOrdered, WorksWithOneInFlight) {
    Team& team = world();
    std::vector<Index> seen;
    for (const std::uint64_t in_flight : {1U, 2U, 3U}) {
        seen.clear();
        map_ordered(
            team, indices(200), [](Index i) { return i; }, [&](Index i) { seen.push_back(i); },
            {.in_flight = in_flight});
        EXPECT_EQ(seen.size(), team.is_root() ? 200U : 0U);
        EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    }
}

TEST(MapOrdered, HoldsBackRanksThatRunAheadOfASlowItem) {
    Team& team = world();
    if (team.nodes() > 1) {
        GTEST_SKIP() << "the counter is a node's";
    }
    Counter started(team);
    std::uint64_t most_ahead = 0;
    std::uint64_t consumed = 0;
    const auto task = [&](Index i) {
        started.add();
        if (i == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return i;
    };
    const auto consume = [&](Index) {
        ++consumed;
        most_ahead = std::max(most_ahead, started.value() - consumed);
    };
    map_ordered(team, indices(2'000), task, consume, {.schedule = Fixed{1}, .in_flight = 50});
    EXPECT_LE(most_ahead, 50U + static_cast<std::uint64_t>(team.size()));
}

TEST(MapUnordered, HandsOverEveryResultOnceForEverySchedule) {
    Team& team = world();
    const std::vector<std::string> xs = testing::words(team.is_root(), 700);
    for (const Schedule& schedule : every_schedule()) {
        std::vector<int> times(5'000);
        map_unordered(
            team, indices(5'000), [](Index i) { return i; }, [&](Index i) { ++times[i]; },
            {.schedule = schedule});
        EXPECT_EQ(std::count(times.begin(), times.end(), team.is_root() ? 1 : 0), 5'000) << name(schedule);
        int wrong = 0;
        int count = 0;
        map_unordered(
            team, xs, [](const std::string& x) { return x + x; },
            [&](Index i, const std::string& result) {
                wrong += result != xs[i] + xs[i] ? 1 : 0;
                ++count;
            },
            {.schedule = schedule});
        EXPECT_EQ(wrong, 0);
        EXPECT_EQ(count, static_cast<int>(xs.size())) << name(schedule);
    }
}

TEST(MapUnordered, WaitsForASlowConsumer) {
    Team& team = world();
    int count = 0;
    const auto slow = [&](const std::vector<double>&) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        ++count;
    };
    map_unordered(team, indices(300), [](Index) { return std::vector<double>(1'000); }, slow,
                  {.schedule = Fixed{1}});
    EXPECT_EQ(count, team.is_root() ? 300 : 0);
}

class Made {
  public:
    explicit Made(int count) : count_(count) {}
    std::optional<int> operator()() {
        ++calls;
        return made < count_ ? std::optional(made++) : std::nullopt;
    }
    int made = 0;
    int calls = 0;

  private:
    int count_;
};

TEST(Produced, MakesItemsOnTheRootOnlyInOrderAndStopsAtTheEnd) {
    Team& team = world();
    for (const std::uint64_t in_flight : {0U, 1U, 2U, 64U}) {
        Made made(777);
        std::vector<int> results;
        map_ordered(
            team, produced([&] { return made(); }), [](int x) { return x; },
            [&](int x) { results.push_back(x); }, {.in_flight = in_flight});
        EXPECT_EQ(made.made, team.is_root() ? 777 : 0);
        EXPECT_EQ(results.size(), team.is_root() ? 777U : 0U);
        EXPECT_TRUE(std::is_sorted(results.begin(), results.end()));
    }
}

TEST(Produced, NeverHasMoreInFlightThanTold) {
    Team& team = world();
    int made = 0;
    int consumed = 0;
    int most = 0;
    const auto make = [&]() -> std::optional<int> {
        most = std::max(most, made - consumed);
        return made < 500 ? std::optional(made++) : std::nullopt;
    };
    map_unordered(
        team, produced(make), [](int x) { return x; }, [&](int) { ++consumed; }, {.in_flight = 8});
    EXPECT_LE(most, 8);
    EXPECT_EQ(consumed, made);
}

// A rank whose last items are done must say so before it leaves: others wait for the room.
TEST(ForEach, WithLittleInFlightEndsForEverySchedule) {
    Team& team = world();
    const std::vector<std::string> words = testing::words(team.is_root(), 40);
    for (const Schedule& schedule : testing::every_schedule()) {
        for (const std::uint64_t in_flight : {1, 2, 7}) {
            std::uint64_t mine = 0;
            const auto task = [&](const std::string&, Context& context) {
                std::this_thread::sleep_for(std::chrono::microseconds(context.index() % 5 * 30));
                ++mine;
            };
            for_each(team, words, task, {.schedule = schedule, .in_flight = in_flight});
            const std::vector<std::uint64_t> all = all_gather(team, mine);
            EXPECT_EQ(std::accumulate(all.begin(), all.end(), std::uint64_t{0}), 40U) << name(schedule);
        }
    }
}

TEST(Produced, MayBeEmptyAndMayFeedOtherCalls) {
    Team& team = world();
    const auto none = []() -> std::optional<int> { return std::nullopt; };
    EXPECT_TRUE(map(team, produced(none), [](int x) { return x; }).empty());
    Made made(100);
    const auto results = map(team, produced([&] { return made(); }), [](int x) { return 3 * x; });
    EXPECT_EQ(results.size(), team.is_root() ? 100U : 0U);
    Made again(50);
    for_each(team, produced([&] { return again(); }), [](int) {}, {.in_flight = 1});
    EXPECT_EQ(again.made, team.is_root() ? 50 : 0);
}

// How soon a rank is given a task is up to the machine, too, so there are tasks until every rank has had one.
TEST(Produced, KeepsEveryRankBusyWithLongTasks) {
    Team& team = world();
    const int most = 10'000;
    int made = 0;
    std::vector<int> tasks_of(static_cast<std::size_t>(team.size()));
    const auto all_had_one = [&] { return std::count(tasks_of.begin(), tasks_of.end(), 0) == 0; };
    const auto make = [&]() -> std::optional<int> {
        return made == most || all_had_one() ? std::nullopt : std::optional(made++);
    };
    map_unordered(
        team, produced(make),
        [&](int) {
            std::this_thread::sleep_for(std::chrono::milliseconds(4));
            return team.rank();
        },
        [&](int rank) { ++tasks_of[static_cast<std::size_t>(rank)]; });
    if (team.is_root()) {
        EXPECT_TRUE(all_had_one()) << "after " << made << " tasks: " << ::testing::PrintToString(tasks_of);
    }
}

TEST(Streams, BackToBackDoNotMix) {
    Team& team = world();
    for (int round = 0; round < 100; ++round) {
        std::uint64_t sum = 0;
        const auto count = static_cast<std::uint64_t>(round);
        map_unordered(
            team, indices(count), [](Index i) { return i; }, [&](Index i) { sum += i; });
        map_ordered(
            team, testing::words(team.is_root(), round), [](const std::string& x) { return x.size(); },
            [&](std::size_t size) { sum += 1'000'000 * size; });
        if (team.is_root()) {
            std::uint64_t expected = 0;
            for (std::uint64_t i = 0; i < count; ++i) {
                expected += i + 1'000'000 * (i < 10 ? 1 : 2);
            }
            EXPECT_EQ(sum, expected);
        }
    }
}

}  // namespace
}  // namespace cohort

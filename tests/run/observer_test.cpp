// Observers hear how a call gets on: on the root, in order, with the figures of all ranks.
#include <cohort/run/map.hpp>
#include <cohort/run/observer.hpp>
#include <cohort/run/reduce.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <chrono>
#include <thread>

namespace cohort {
namespace {

using testing::world;

class Listener : public Observer {
  public:
    void started(std::string_view call, std::optional<std::uint64_t> items) override {
        name = call;
        expected = items;
    }
    void advanced(std::uint64_t items) override {
        EXPECT_GE(items, last);
        last = items;
        ++news;
    }
    void ended(const Balance& end) override {
        balance = end;
        ++ends;
    }

    std::string name;
    std::optional<std::uint64_t> expected;
    std::uint64_t last = 0;
    int news = 0;
    int ends = 0;
    Balance balance;
};

TEST(Observer, HearsTheBeginningTheWayAndTheEnd) {
    Team& team = world();
    Listener listener;
    const auto task = [](Index) { std::this_thread::sleep_for(std::chrono::microseconds(500)); };
    const auto items = 400 * static_cast<std::uint64_t>(team.size());
    for_each(team, indices(items), task, {.name = "naps", .observers = {&listener}});
    if (team.is_root()) {
        EXPECT_EQ(listener.name, "naps");
        EXPECT_EQ(listener.expected, items);
        EXPECT_EQ(listener.last, items);
        EXPECT_GE(listener.news, 2);
        EXPECT_EQ(listener.ends, 1);
        EXPECT_EQ(listener.balance.items, items);
    } else {
        EXPECT_EQ(listener.news + listener.ends, 0);
    }
}

TEST(Observer, HearsTheEndOfACallThatFails) {
    Team& team = world();
    Listener listener;
    Balance report;
    EXPECT_THROW(
        for_each(team, indices(100), [](Index) { throw 1; }, {.observers = {&listener}, .report = &report}),
        TaskError);
    EXPECT_EQ(listener.ends, team.is_root() ? 1 : 0);
    EXPECT_EQ(report.ranks, team.size());
}

TEST(Observer, CountsItemsAndNotGrains) {
    Team& team = world();
    Listener listener;
    map_reduce(team, indices(1'000), 0, [](Index) { return 1; }, std::plus<>{},
               {.observers = {&listener}, .grain = 64});
    if (team.is_root()) {
        EXPECT_EQ(listener.last, 1'000U);
    }
}

}  // namespace
}  // namespace cohort

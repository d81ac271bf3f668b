// With a list for failures, a call does all it can: the same complete list on every rank, and the results of all others.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>

#include <gtest/gtest.h>
#include <run/failing.hpp>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace cohort {
namespace {

using testing::expect_everywhere;
using testing::OddError;
using testing::world;

bool is_odd_one(Index i) { return i % 7 == 3; }

Index checked(Index i) { return is_odd_one(i) ? throw OddError("odd " + std::to_string(i)) : i; }

Index checked_word(const std::string& x) { return checked(Index{std::stoull(x)}); }

std::vector<Index> odd_ones_below(Index end) {
    std::vector<Index> all;
    for (Index i = 0; i < end; ++i) {
        if (is_odd_one(i)) {
            all.push_back(i);
        }
    }
    return all;
}

// Collective. The list names `items`, in order, with what a user needs to know, and is the same on every rank.
void expect_listed(const std::vector<TaskFailure>& failures, const std::vector<Index>& items,
                   int attempts = 1) {
    Team& team = world();
    std::string words;
    ASSERT_EQ(failures.size(), items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        const TaskFailure& failure = failures[i];
        EXPECT_EQ(failure.item, items[i]);
        EXPECT_EQ(failure.attempts, attempts);
        EXPECT_EQ(failure.message, "odd " + std::to_string(items[i]));
        EXPECT_NE(failure.type.find("OddError"), std::string::npos);
        EXPECT_TRUE(failure.rank >= 0 && failure.rank < team.size());
        EXPECT_EQ(failure.host, team.host());
        words += std::to_string(failure.item) + " on " + std::to_string(failure.rank) + '\n';
    }
    for (const std::string& other : all_gather(team, words)) {
        EXPECT_EQ(other, words);
    }
}

TEST(Collect, ListsWhatFailedAndRunsAllOthers) {
    Team& team = world();
    std::vector<TaskFailure> failures;
    for (const int retries : {0, 2}) {
        for (const Schedule& schedule : testing::every_schedule()) {
            std::uint64_t run = 0;
            for_each(team, indices(300), [&](Index i) { checked(i), ++run; },
                     {.schedule = schedule, .retries = retries, .collect = &failures});
            expect_listed(failures, odd_ones_below(300), retries + 1);
            const auto runs = all_gather(team, run);
            EXPECT_EQ(std::accumulate(runs.begin(), runs.end(), std::uint64_t{0}) + failures.size(), 300U);
        }
    }
    for_each(team, indices(3), checked, {.collect = &failures});
    EXPECT_TRUE(failures.empty()) << "a list of an earlier call";
}

TEST(Collect, OfAllItemsOrOfNone) {
    Team& team = world();
    std::vector<TaskFailure> failures;
    const auto fail = [](Index i) { return i < 1'000 ? throw OddError("odd " + std::to_string(i)) : i; };
    const auto all = try_map(team, indices(200), fail, {.collect = &failures});
    EXPECT_EQ(all.size(), team.is_root() ? 200U : 0U);
    EXPECT_TRUE(std::none_of(all.begin(), all.end(), [](const auto& y) { return y.has_value(); }));
    EXPECT_EQ(failures.size(), 200U);
    EXPECT_TRUE(try_map(team, indices(0), fail, {.collect = &failures}).empty());
    EXPECT_TRUE(failures.empty());
}

TEST(Collect, GivesAMapHolesWhereItemsFailed) {
    Team& team = world();
    const std::vector<std::string> xs = testing::words(team.is_root(), 300);
    Index made = 0;
    const auto make = [&]() -> std::optional<Index> {
        return made < 298 ? std::optional(made++) : std::nullopt;  // 297, the last, fails
    };
    std::vector<TaskFailure> failures;
    const auto expect_holes = [&](const std::vector<std::optional<Index>>& ys, Index count, bool here) {
        ASSERT_EQ(ys.size(), here ? count : 0U);
        for (Index i = 0; i < ys.size(); ++i) {
            EXPECT_EQ(ys[i], is_odd_one(i) ? std::nullopt : std::optional(i));
        }
        expect_listed(failures, odd_ones_below(count));
    };
    expect_holes(try_map(team, indices(300), checked, {.collect = &failures}), 300, team.is_root());
    expect_holes(try_map(team, xs, checked_word, {.collect = &failures}), 300, team.is_root());
    expect_holes(try_map(team, produced(make), checked, {.in_flight = 3, .collect = &failures}), 298,
                 team.is_root());
    expect_holes(try_map(team, indices(300), checked, {.results = Results::everywhere, .collect = &failures}),
                 300, true);
    EXPECT_EQ(try_map(team, indices(300), checked).size(), team.is_root() ? 300U : 0U) << "without a list";
}

TEST(Collect, IsRefusedByAMapThatCannotSayWhatIsMissing) {
    std::vector<TaskFailure> failures;
    const std::string words = expect_everywhere<UsageError>(
        world(), [&] { map(world(), indices(10), checked, {.collect = &failures}); });
    EXPECT_NE(words.find("try_map"), std::string::npos);
}

TEST(Collect, LeavesFailedItemsOutOfStreams) {
    Team& team = world();
    const std::vector<std::string> xs = testing::words(team.is_root(), 300);
    std::vector<TaskFailure> failures;
    std::vector<Index> expected;
    for (Index i = 0; i < 300 && team.is_root(); ++i) {
        if (!is_odd_one(i)) {
            expected.push_back(i);
        }
    }
    for (const int retries : {0, 1}) {
        for (const std::uint64_t in_flight : {0U, 1U, 4U, 1000U}) {
            const Options options{.in_flight = in_flight, .retries = retries, .collect = &failures};
            std::vector<Index> got;
            const auto take = [&](Index i, Index y) {
                EXPECT_EQ(i, y);
                got.push_back(y);
            };
            map_ordered(team, indices(300), checked, take, options);
            EXPECT_EQ(got, expected);
            expect_listed(failures, odd_ones_below(300), retries + 1);
            got.clear();
            map_ordered(team, xs, checked_word, take, options);
            EXPECT_EQ(got, expected);
            got.clear();
            map_unordered(team, indices(300), checked, take, options);
            std::sort(got.begin(), got.end());
            EXPECT_EQ(got, expected);
            got.clear();
            map_unordered(team, xs, checked_word, take, options);
            std::sort(got.begin(), got.end());
            EXPECT_EQ(got, expected);
            expect_listed(failures, odd_ones_below(300), retries + 1);
        }
    }
}

TEST(Collect, LeavesFailedGrainsOutOfASum) {
    Team& team = world();
    const std::vector<std::string> xs = testing::words(team.is_root(), 300);
    std::vector<TaskFailure> failures;
    Index expected = 0;
    for (Index i = 0; i < 300; ++i) {
        expected += is_odd_one(i) ? 0 : i;
    }
    const Options options{.collect = &failures};
    EXPECT_EQ(map_reduce(team, indices(300), Index{0}, checked, std::plus<>{}, options), expected);
    expect_listed(failures, odd_ones_below(300));
    EXPECT_EQ(map_reduce(team, xs, Index{0}, checked_word, std::plus<>{}, options), expected);
    expect_listed(failures, odd_ones_below(300));
}

TEST(Collect, SaysHowManyItemsAFailedGrainHad) {
    Team& team = world();
    std::vector<TaskFailure> failures;
    const auto fail_at_25 = [](Index i) { return i == 25 ? throw OddError("25") : Index{1}; };
    EXPECT_EQ(map_reduce(team, indices(98), Index{0}, fail_at_25, std::plus<>{},
                         {.grain = 10, .collect = &failures}),
              88U);
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].item, 20U);
    EXPECT_EQ(failures[0].items, 10U);
}

TEST(Collect, DoesNotTakeAFailureForAHit) {
    Team& team = world();
    const std::vector<std::string> xs = testing::words(team.is_root(), 300);
    std::vector<TaskFailure> failures;
    const Options options{.collect = &failures};
    EXPECT_EQ(find_first(
                  team, From{0}, [](Index i) { return checked(i) >= 50; }, options),
              50U);
    expect_listed(failures, odd_ones_below(50));
    EXPECT_EQ(find_first(
                  team, xs, [](const std::string& x) { return checked_word(x) >= 50; }, options),
              50U);
    expect_listed(failures, odd_ones_below(50));
    EXPECT_EQ(find_first(
                  team, indices(100), [](Index i) { return checked(i) > 500; }, options),
              std::nullopt);
    expect_listed(failures, odd_ones_below(100));
    const auto found = [](Index i) { return checked(i) >= 60 ? std::optional(2 * i) : std::nullopt; };
    EXPECT_EQ(search_first(team, indices(300), found, options), 120U);
    EXPECT_TRUE(any_of(
        team, indices(300), [](Index i) { return checked(i) == 299; }, options));
}

TEST(Collect, GivesASinkAllOthers) {
    Team& team = world();
    class Memory : public Sink<Index> {
      public:
        void write(Index first, std::span<const Index> results) override {
            for (const Index result : results) {
                EXPECT_EQ(result, first++);
                written.push_back(result);
            }
        }
        std::vector<Index> written;
    } sink;
    std::vector<TaskFailure> failures;
    map_into(team, indices(300), checked, sink, {.collect = &failures});
    expect_listed(failures, odd_ones_below(300));
    EXPECT_EQ(gather(team, sink.written).size(), team.is_root() ? 300 - failures.size() : 0U);
}

TEST(Collect, DoesNotOutliveWhatIsNoTask) {
    Team& team = world();
    std::vector<TaskFailure> failures;
    const auto refuse = [](Index i) { i < 40 ? void() : throw StoreError("disk full"); };
    expect_everywhere<StoreError>(
        team, [&] { map_unordered(team, indices(300), checked, refuse, {.collect = &failures}); });
    EXPECT_TRUE(failures.empty());
    Index made = 0;
    const auto make = [&]() -> std::optional<Index> {
        return made < 50 ? std::optional(made++) : throw OddError("no more");
    };
    expect_everywhere<TaskError>(team,
                                 [&] { for_each(team, produced(make), checked, {.collect = &failures}); });
    const auto interrupted = [](Index i) { return i == 5 ? throw Interrupted(15, "stop") : i; };
    expect_everywhere<Interrupted>(
        team, [&] { for_each(team, indices(100), interrupted, {.retries = 2, .collect = &failures}); });
}

}  // namespace
}  // namespace cohort

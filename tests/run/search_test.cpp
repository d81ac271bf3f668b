// Searches give the smallest hit on any number of ranks, on every rank, and end as soon as it is certain.
#include <cohort/run/exchange.hpp>
#include <cohort/run/search.hpp>
#include <cohort/team/counter.hpp>

#include <gtest/gtest.h>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <random>
#include <set>
#include <string>

namespace cohort {
namespace {

using testing::every_schedule;
using testing::world;

TEST(FindFirst, GivesTheSmallestHitForEverySchedule) {
    Team& team = world();
    std::mt19937_64 random(3);
    for (int round = 0; round < 30; ++round) {
        const Index count = 1 + random() % 20'000;
        const Index hit = random() % count;
        const Index every = 1 + random() % 100;
        const auto is_hit = [&](Index i) { return i >= hit && (i - hit) % every == 0; };
        for (const Schedule& schedule : every_schedule()) {
            EXPECT_EQ(find_first(team, indices(count), is_hit, {.schedule = schedule}), hit)
                << name(schedule);
        }
    }
}

TEST(FindFirst, FindsHitsOfTheFirstTheLastAndAllRanksBackToBack) {
    Team& team = world();
    const auto last = static_cast<Index>(team.size() - 1);
    int wrong = 0;
    for (int round = 0; round < 1'000; ++round) {
        const int kind = round % 4;
        const auto is_hit = [&](Index i) { return kind == 1 ? i == 0 : kind == 2 ? i == last : kind == 3; };
        const auto found = find_first(team, indices(last + 1), is_hit, {.schedule = StaticBlock{}});
        const auto expected = kind == 0 ? std::nullopt : std::optional<Index>(kind == 2 ? last : 0);
        wrong += found != expected ? 1 : 0;
    }
    EXPECT_EQ(wrong, 0);
}

TEST(FindFirst, LooksAsFarAsItMustAndNoFurther) {
    Team& team = world();
    EXPECT_EQ(find_first(team, From{2}, [](Index k) { return 112272535095295ULL % k == 0; }), 5U);
    EXPECT_EQ(find_first(team, From{no_index - 10}, [](Index k) { return k == no_index - 3; }), no_index - 3);
    Balance balance;
    EXPECT_EQ(find_first(team, From{0}, [](Index k) { return k == 100'000; }, {.report = &balance}),
              100'000U);
    EXPECT_GT(balance.items, 100'000U);
    EXPECT_GE(balance.stop_latency, 0);
}

TEST(FindFirst, SearchesTheRootsItems) {
    Team& team = world();
    const auto xs = testing::words(team.is_root(), 2'000);
    EXPECT_EQ(find_first(team, xs, [](const std::string& x) { return x.size() == 4; }), 1'000U);
    EXPECT_EQ(find_first(team, xs, [](const std::string& x) { return x.size() == 9; }), std::nullopt);
}

TEST(FindFirst, FindsNothingInNothing) {
    EXPECT_EQ(find_first(world(), indices(0), [](Index) { return true; }), std::nullopt);
}

TEST(FindFirst, StopsALongTaskThatAsks) {
    Team& team = world();
    // Item 0 is a hit after a while; every other task would run for ever if it were not told to stop.
    const auto found = find_first(team, indices(1'000), [](Index i, Context& context) {
        if (i == 0) {
            const auto until = detail::node_clock() + 20'000'000;
            while (detail::node_clock() < until) {}
            return true;
        }
        while (!context.stop_requested()) {}
        return false;
    });
    EXPECT_EQ(found, 0U);
}

// One chunk a rank of more tasks than can be done in an hour, none of which asks its context.
TEST(FindFirst, EndsBetweenTasksThatNeverAsk) {
    Team& team = world();
    const std::uint64_t count = (std::uint64_t{1} << 44) * static_cast<std::uint64_t>(team.size());
    for (const Schedule& schedule : {Schedule(StaticBlock{}), Schedule(Fixed{std::uint64_t{1} << 44})}) {
        const auto is_three = [](Index i) { return i == 3; };
        EXPECT_EQ(find_first(team, indices(count), is_three, {.schedule = schedule}), 3U) << name(schedule);
        EXPECT_EQ(find_any(team, indices(count), is_three, {.schedule = schedule}), 3U) << name(schedule);
    }
}

TEST(SearchFirst, GivesEveryRankWhatTheLowestGrainFound) {
    Team& team = world();
    for (const Schedule& schedule : every_schedule()) {
        const auto found =
            search_first(team, Grains{.items = 100'000, .size = 100},
                         [](Grain grain) -> std::optional<std::string> {
                             return grain.number >= 317 && grain.number % 7 == 2
                                        ? std::optional("grain " + std::to_string(grain.number))
                                        : std::nullopt;
                         },
                         {.schedule = schedule});
        EXPECT_EQ(found, "grain 317") << name(schedule);
    }
}

TEST(SearchFirst, FindsNothingWhereThereIsNothing) {
    const auto nothing = [](Grain) { return std::optional<int>(); };
    EXPECT_EQ(search_first(world(), Grains{.items = 1'000, .size = 10}, nothing), std::nullopt);
}

TEST(FindAny, FindsSomeHitAndTheSameOneOnEveryRank) {
    Team& team = world();
    const auto found = find_any(team, indices(100'000), [](Index i) { return i % 1'000 == 999; });
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(*found % 1'000, 999U);
    for (const Index index : all_gather(team, *found)) {
        EXPECT_EQ(index, *found);
    }
}

TEST(AnyOf, IsTrueExactlyIfThereIsOne) {
    Team& team = world();
    EXPECT_TRUE(any_of(team, indices(50'000), [](Index i) { return i == 49'999; }));
    EXPECT_FALSE(any_of(team, indices(50'000), [](Index i) { return i == 50'000; }));
}

TEST(Searches, TakeTheLowerOfHitAndFailure) {
    Team& team = world();
    const auto fails_at = [](Index failure, Index hit) {
        return [=](Index i) {
            if (i == failure) {
                throw std::runtime_error("no");
            }
            return i == hit;
        };
    };
    for (int round = 0; round < 50; ++round) {
        EXPECT_EQ(find_first(team, indices(5'000), fails_at(2'000, 1'999)), 1'999U);
        try {
            (void)find_first(team, indices(5'000), fails_at(1'999, 2'000));
            ADD_FAILURE() << "the failure was lost";
        } catch (const TaskError& error) {
            EXPECT_EQ(error.item(), 1'999U);
        }
    }
}

TEST(Searches, FindWhatWasMadeBeforeAProducerFailed) {
    Team& team = world();
    for (const Index hit : {Index{37}, Index{40}}) {
        Index next = 0;
        const auto make = [&]() -> std::optional<Index> {
            if (next == 40) {
                throw StoreError("cannot read");
            }
            return next++;
        };
        const auto search = [&] {
            return find_first(team, produced(make), [&](Index i) { return i == hit; },
                              {.schedule = Fixed{100}});
        };
        if (hit < 40) {
            EXPECT_EQ(search(), hit);
        } else {
            EXPECT_THROW((void)search(), StoreError);
        }
    }
}

// What a search in an earlier run looked at without finding anything.
class Looked : public Journal {
  public:
    std::vector<Done> begin(std::string_view /*call*/, const Grains& /*grains*/) override {
        std::vector<Done> all;
        for (const std::uint64_t grain : grains) {
            all.push_back({grain, {}});
        }
        return all;
    }
    void finished(std::uint64_t grain, std::span<const std::byte> /*partial*/) override {
        grains.insert(grain);
    }
    void end() override {}

    std::set<std::uint64_t> grains;
};

TEST(Searches, SkipWhatAJournalHasDone) {
    Team& team = world();
    Looked looked;
    const auto until = [](std::uint64_t hit) {
        return [hit](Grain grain) { return grain.number == hit ? std::optional(grain.first) : std::nullopt; };
    };
    const Grains grains{.items = 1'000, .size = 10};
    EXPECT_EQ(search_first(team, grains, until(60), {.journal = &looked}), 600U);
    if (team.is_root()) {
        EXPECT_GE(looked.grains.size(), 60U);
        EXPECT_FALSE(looked.grains.contains(60));
        // A rank that ran ahead may have looked beyond the first hit, where the second one is.
        looked.grains.erase(looked.grains.upper_bound(60), looked.grains.end());
    }
    Balance balance;
    EXPECT_EQ(search_first(team, grains, until(90), {.journal = &looked, .report = &balance}), 900U);
    EXPECT_LE(balance.items, 40U);
}

// What is left of a range keeps the numbers that it has in the whole of it.
TEST(Searches, TellATaskItsIndexWithAJournalToo) {
    Team& team = world();
    Looked looked;
    looked.grains = {0, 1, 2};
    const auto is_told_another = [](Index i, Context& context) {
        return context.index() != i || context.random()() != Random(Seed{7}, 0, i)();
    };
    const Indices range = indices(Range{1'000, 200});
    EXPECT_EQ(find_first(team, range, is_told_another, {.journal = &looked, .seed = Seed{7}}), std::nullopt);
    EXPECT_EQ(find_first(team, range, is_told_another, {.seed = Seed{7}}), std::nullopt);
}

}  // namespace
}  // namespace cohort

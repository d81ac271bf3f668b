// A call on parts gives what the same call gives on a team, and every rank of a part takes part in every item of it.
#include <cohort/run/exchange.hpp>
#include <cohort/run/parts.hpp>

#include <gtest/gtest.h>
#include <run/cuts.hpp>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cohort {
namespace {

using testing::every_schedule;
using testing::for_every_cut;
using testing::square;
using testing::together;
using testing::world;

std::vector<Index> squares(std::uint64_t count) {
    std::vector<Index> all(count);
    std::iota(all.begin(), all.end(), 0U);
    for (Index& i : all) {
        i *= i;
    }
    return all;
}

TEST(Parts, AreNumberedInTheOrderOfTheirFirstRanks) {
    for_every_cut([](Team& team, Parts& parts) {
        EXPECT_EQ(&parts.team(), &team);
        const auto numbers = all_gather(team, parts.number());
        EXPECT_EQ(numbers.front(), 0);
        EXPECT_EQ(*std::max_element(numbers.begin(), numbers.end()), parts.count() - 1);
        int seen = 0;
        for (const int number : numbers) {
            EXPECT_LE(number, seen);
            seen = std::max(seen, number + 1);
        }
        EXPECT_EQ(std::count(numbers.begin(), numbers.end(), parts.number()), parts.part().size());
    });
}

TEST(Parts, KeepTheOrderOfIndicesForEveryScheduleAndSize) {
    for_every_cut([](Team& team, Parts& parts) {
        for (const std::uint64_t count : {0U, 1U, 30U}) {
            for (const Schedule& schedule : every_schedule()) {
                const auto results = map(parts, indices(count), square, {.schedule = schedule});
                EXPECT_EQ(results, team.is_root() ? squares(count) : std::vector<Index>{}) << name(schedule);
            }
        }
    });
}

TEST(Parts, ShipTheRootsItems) {
    for_every_cut([](Team& team, Parts& parts) {
        for (const int count : {0, 1, 50}) {
            const std::vector<std::string> xs = testing::words(team.is_root(), count);
            const auto results =
                map(parts, xs, [](const std::string& x, Team& part) { return together(part, x) + "!"; });
            ASSERT_EQ(results.size(), xs.size());
            for (std::size_t i = 0; i < xs.size(); ++i) {
                ASSERT_EQ(results[i], xs[i] + "!");
            }
        }
    });
}

TEST(Parts, ShipItemsLongerThanAMessageThatNeedsNoReceiver) {
    for_every_cut([](Team& team, Parts& parts) {
        std::vector<std::vector<double>> xs;
        for (int i = 0; team.is_root() && i < 5; ++i) {
            xs.emplace_back(200'000, i);
        }
        const auto sum = [](const std::vector<double>& x, Team& part) {
            return map_reduce(part, everywhere(x), 0.0, [](double value) { return value; });
        };
        const auto results = map(parts, xs, sum);
        for (std::size_t i = 0; i < results.size(); ++i) {
            EXPECT_EQ(results[i], 200'000.0 * static_cast<double>(i));
        }
        EXPECT_EQ(results.size(), xs.size());
    });
}

TEST(Parts, TakeEveryOtherInputToo) {
    for_every_cut([](Team& team, Parts& parts) {
        std::vector<int> same(60);
        std::iota(same.begin(), same.end(), 5);
        const Options on_all{.results = Results::everywhere};
        const auto doubled = map(
            parts, everywhere(same), [](int x, Team& part) { return 2 * together(part, x); }, on_all);
        ASSERT_EQ(doubled.size(), 60U);
        EXPECT_EQ(doubled[59], 2 * 64);

        testing::Squares source(60);
        const auto read = map(
            parts, source, [](double x, Team& part) { return together(part, x) + 1; }, on_all);
        ASSERT_EQ(read.size(), 60U);
        EXPECT_EQ(read[59], 59.0 * 59.0 + 1);

        const auto ends = map(
            parts, Grains{.items = 103, .size = 10, .first = 1'000},
            [](Grain grain, Team& part) { return together(part, grain.first + grain.count); }, on_all);
        ASSERT_EQ(ends.size(), 11U);
        EXPECT_EQ(ends[10], 1'103U);

        int made = 0;
        const auto make = [&] { return made < 30 ? std::optional(made++) : std::nullopt; };
        const auto produced_squares = map(
            parts, produced(make), [](int x, Team& part) { return together(part, x) * x; }, on_all);
        ASSERT_EQ(produced_squares.size(), 30U);
        EXPECT_EQ(produced_squares[29], 29 * 29);
        EXPECT_EQ(made, team.is_root() ? 30 : 0);
    });
}

TEST(Parts, HandStreamsToTheRoot) {
    for_every_cut([](Team& team, Parts& parts) {
        for (const std::uint64_t in_flight : {0U, 3U}) {
            std::vector<Index> ordered;
            Index sum = 0;
            map_ordered(parts, indices(50), square, [&](Index y) { ordered.push_back(y); },
                        {.in_flight = in_flight});
            map_unordered(parts, indices(50), square,
                          [&](Index i, Index y) { sum += y == i * i ? i : 1'000'000; },
                          {.in_flight = in_flight});
            EXPECT_EQ(ordered, team.is_root() ? squares(50) : std::vector<Index>{});
            EXPECT_EQ(sum, team.is_root() ? 49U * 25 : 0);
        }
    });
}

TEST(Parts, RunEachItemOnceOnAllRanksOfOnePart) {
    for_every_cut([](Team& team, Parts& parts) {
        std::vector<Index> mine;
        for_each(parts, indices(60), [&](Index i, Team&) { mine.push_back(i); });
        EXPECT_EQ(together(parts.part(), mine), mine);
        std::vector<Index> all = all_gather(team, parts.part().is_root() ? mine : std::vector<Index>{});
        std::sort(all.begin(), all.end());
        std::vector<Index> once(60);
        std::iota(once.begin(), once.end(), 0U);
        EXPECT_EQ(all, once);
    });
}

TEST(Parts, ReduceToTheSameBitsAsOneRank) {
    const auto term = [](Index i) { return 1.0 / static_cast<double>(i + 1); };
    Team alone = Team::alone();
    for_every_cut([&](Team& team, Parts& parts) {
        const auto on_part = [&](Index i, Team& part) { return term(together(part, i)); };
        for (const std::uint64_t grain : {1U, 7U}) {
            const Options options{.grain = grain};
            const double expected = map_reduce(alone, indices(80), 0.0, term, std::plus<>{}, options);
            EXPECT_EQ(map_reduce(parts, indices(80), 0.0, on_part, std::plus<>{}, options), expected);
        }
        const std::vector<std::string> xs = testing::words(team.is_root(), 30);
        const auto same = [](const std::string& x, Team&) { return x; };
        EXPECT_EQ(map_reduce(parts, xs, std::string(), same).substr(0, 14), "01234567891011");
        EXPECT_EQ(map_reduce(parts, indices(0), 3, [](Index, Team&) { return 4; }), 3);
    });
}

TEST(Parts, FindTheLowestHitOnEveryRank) {
    for_every_cut([](Team& team, Parts& parts) {
        for (const Index lowest : {0U, 1U, 40U}) {
            const auto hit = [&](Index i, Team& part) { return together(part, i) % 41 >= lowest; };
            EXPECT_EQ(find_first(parts, From{0}, hit), lowest);
        }
        const auto never = [](Index, Team&) { return false; };
        EXPECT_EQ(find_first(parts, indices(100), never), std::nullopt);
        const std::vector<std::string> xs = testing::words(team.is_root(), 120);
        const auto is_late = [](const std::string& x, Team& part) { return together(part, x).size() == 3; };
        EXPECT_EQ(find_first(parts, xs, is_late), 100U);
        EXPECT_GE(find_any(parts, xs, is_late), 100U);
        EXPECT_TRUE(any_of(parts, xs, is_late));
        EXPECT_FALSE(any_of(parts, indices(30), never));
        const auto in_grain = [](Grain grain, Team& part) {
            return together(part, grain.first) + grain.count > 256
                       ? std::optional(std::pair(grain.number, std::string("found")))
                       : std::nullopt;
        };
        const auto found = search_first(parts, Grains{.items = 10'000, .size = 10}, in_grain);
        EXPECT_EQ(found, std::optional(std::pair(std::uint64_t{25}, std::string("found"))));
    });
}

TEST(Parts, LeaveALongSearchTogetherOnceTheHitIsKnown) {
    for_every_cut([](Team&, Parts& parts) {
        // Item 0 hits when it has been looked at for a while; nothing else ever ends by itself.
        const auto task = [](Index i, Team& part, Context& context) {
            for (int step = 0; i > 0 || step < 50; ++step) {
                if (agree_to_stop(part, context)) {
                    return false;
                }
            }
            return true;
        };
        EXPECT_EQ(find_first(parts, indices(1'000), task, {.schedule = Fixed{1}}), 0U);
    });
}

TEST(Parts, LeaveALongSearchOneByOneWhereRanksDoNotWaitForEachOther) {
    for_every_cut([](Team&, Parts& parts) {
        const auto task = [](Index i, Team&, Context& context) {
            while (i > 0 && !context.stop_requested()) {
                std::this_thread::yield();
            }
            return i == 0;
        };
        EXPECT_EQ(find_first(parts, indices(1'000), task, {.schedule = Fixed{1}}), 0U);
    });
}

TEST(Parts, DrawTheNumbersThatATaskOnATeamDraws) {
    const auto draw = [](Index i, Context& context) {
        return std::pair(context.index(), context.random()()) == std::pair(i, std::uint64_t{0})
                   ? 0
                   : context.random().uniform();
    };
    Team alone = Team::alone();
    for_every_cut([&](Team&, Parts& parts) {
        const auto on_part = [&](Index i, Team& part, Context& context) {
            return together(part, draw(i, context));
        };
        for (const std::uint64_t grain : {1U, 5U}) {
            const Options options{.seed = Seed(9), .grain = grain};
            EXPECT_EQ(map_reduce(parts, indices(40), 0.0, on_part, std::plus<>{}, options),
                      map_reduce(alone, indices(40), 0.0, draw, std::plus<>{}, options));
        }
    });
}

TEST(Parts, AreTeamsForCallsInsideATask) {
    for_every_cut([](Team& team, Parts& parts) {
        const auto task = [](Index i, Team& part) {
            const auto sum = map_reduce(part, indices(i), Index{0}, [](Index k) { return k; });
            Parts halves(part, part.rank() % 2);
            return sum + map_reduce(halves, indices(i), Index{0}, [](Index k, Team&) { return k; });
        };
        const auto results = map(parts, indices(8), task);
        ASSERT_EQ(results.size(), team.is_root() ? 8U : 0U);
        for (std::size_t i = 1; i < results.size(); ++i) {
            EXPECT_EQ(results[i], i * (i - 1));
        }
    });
}

TEST(Parts, CountAsOneRankEachInAReport) {
    for_every_cut([](Team&, Parts& parts) {
        Balance balance;
        map(parts, indices(40), square, {.report = &balance});
        EXPECT_EQ(balance.items, 40U);
        EXPECT_EQ(balance.ranks, parts.count());
        EXPECT_GT(balance.wall_time, 0);
    });
}

TEST(Parts, ServeManyCallsBackToBack) {
    for_every_cut([](Team&, Parts& parts) {
        for (Index i = 0; i < 40; ++i) {
            ASSERT_EQ(find_first(parts, indices(5), [&](Index k, Team&) { return k >= i % 6; }),
                      i % 6 < 5 ? std::optional(i % 6) : std::nullopt);
        }
    });
}

TEST(Parts, NeedNoMpi) {
    Team alone = Team::alone();
    Parts parts(alone, 3);
    EXPECT_EQ(parts.count(), 1);
    EXPECT_EQ(map(parts, indices(10), square), squares(10));
    EXPECT_EQ(find_first(parts, From{5}, [](Index i, Team&) { return i % 7 == 0; }), 7U);
    const auto bad = [](Index i, Team&) -> int { return i == 3 ? throw std::runtime_error("bad") : 1; };
    EXPECT_THROW(map(parts, indices(10), bad), TaskError);
}

TEST(Parts, RefuseAColourBelowZero) {
    EXPECT_THROW(Parts(world(), world().rank() == world().size() - 1 ? -1 : 0), UsageError);
}

}  // namespace
}  // namespace cohort

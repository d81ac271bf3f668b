// Calls of every kind in any order on one team, with slow ranks, slow consumers, failures and signals anywhere: each gives
// exactly what it must, on every rank, and none hangs.
//
// What is called follows from the seed of the run, alike on all ranks; how long a task takes, from the seed and the rank.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>
#include <cohort/team/interrupt.hpp>

#include <gtest/gtest.h>
#include <run/failing.hpp>
#include <run/inputs.hpp>
#include <sim/simulation.hpp>
#include <support/world.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cohort {
namespace {

using testing::Dice;
using testing::OddError;
using testing::simulated_seed;
using testing::world;

// What the ranks of a run have in common, and what not.
class Scene {
  public:
    explicit Scene(Team& all)
        : team(all),
          dice(simulated_seed()),
          mine_(simulated_seed() ^ (static_cast<std::uint64_t>(all.rank() + 1) << 40)),
          sleeps_in_(1 + mine_.below(200)) {}

    // Now and then takes a while.
    void dawdle() {
        if (mine_.one_in(sleeps_in_)) {
            std::this_thread::sleep_for(std::chrono::nanoseconds(mine_.below(3'000'000)));
        }
    }

    [[nodiscard]] Schedule schedule() {
        const std::uint64_t n = 1 + dice.below(9);
        const std::vector<Schedule> all{Auto{},   Auto{},    StaticBlock{}, StaticCyclic{n},
                                        Fixed{n}, Guided{n}, Factoring{n}};
        return all[dice.below(all.size())];
    }
    [[nodiscard]] std::uint64_t count() {
        const std::vector<std::uint64_t> most{3, 30, 300, 1'000};
        return dice.below(most[dice.below(most.size())]);
    }
    [[nodiscard]] std::uint64_t in_flight() { return dice.one_in(2) ? 0 : 1 + dice.below(40); }

    Team& team;
    Dice dice;  // the same on every rank

  private:
    Dice mine_;
    std::uint64_t sleeps_in_;
};

// A function of items and what it must give.
std::uint64_t value(Index i) { return i * 2'654'435'761 % 1'000'003; }

void maps(Scene& scene) {
    const std::uint64_t count = scene.count();
    const Options options{.schedule = scene.schedule(),
                          .results = scene.dice.one_in(2) ? Results::on_root : Results::everywhere};
    const auto task = [&](Index i) {
        scene.dawdle();
        return value(i);
    };
    const auto results = map(scene.team, indices(count), task, options);
    if (scene.team.is_root() || options.results == Results::everywhere) {
        ASSERT_EQ(results.size(), count);
        for (Index i = 0; i < count; ++i) {
            ASSERT_EQ(results[i], value(i));
        }
    }
}

void maps_shipped_items(Scene& scene) {
    const auto xs = testing::words(scene.team.is_root(), static_cast<int>(scene.count()));
    const auto task = [&](const std::string& x) {
        scene.dawdle();
        return x + std::string(x.size() == 2 ? 20'000 : 1, '!');
    };
    const auto results =
        map(scene.team, xs, task, {.schedule = scene.schedule(), .in_flight = scene.in_flight()});
    ASSERT_EQ(results.size(), xs.size());
    for (std::size_t i = 0; i < xs.size(); ++i) {
        ASSERT_EQ(results[i], task(xs[i]));
    }
}

void streams(Scene& scene) {
    std::uint64_t count = scene.count();
    const Options options{.schedule = scene.schedule(), .in_flight = scene.in_flight()};
    const bool ordered = scene.dice.one_in(2);
    const bool produces = scene.dice.one_in(2);
    std::vector<Index> seen;
    const auto task = [&](Index i) {
        scene.dawdle();
        return std::pair(i, std::vector<std::uint64_t>(i % 7 == 0 ? 900 : 1, value(i)));
    };
    const auto consume = [&](const std::pair<Index, std::vector<std::uint64_t>>& result) {
        scene.dawdle();
        EXPECT_EQ(result.second.back(), value(result.first));
        seen.push_back(result.first);
    };
    Index next = 0;
    auto input = produced([&]() -> std::optional<Index> {
        scene.dawdle();
        return next < count ? std::optional(next++) : std::nullopt;
    });
    if (ordered && produces) {
        map_ordered(scene.team, input, task, consume, options);
    } else if (ordered) {
        map_ordered(scene.team, indices(count), task, consume, options);
    } else if (produces) {
        map_unordered(scene.team, input, task, consume, options);
    } else {
        map_unordered(scene.team, indices(count), task, consume, options);
    }
    if (ordered) {
        EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    }
    std::sort(seen.begin(), seen.end());
    ASSERT_EQ(seen.size(), scene.team.is_root() ? count : 0);
    EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
}

void reduces(Scene& scene) {
    const std::uint64_t count = scene.count();
    const auto text = [&](Index i) {
        scene.dawdle();
        return std::to_string(i) + ",";
    };
    std::string expected;
    for (Index i = 0; i < count; ++i) {
        expected += std::to_string(i) + ",";
    }
    EXPECT_EQ(map_reduce(scene.team, indices(count), std::string(), text, std::plus<>{},
                         {.schedule = scene.schedule(), .grain = 1 + scene.dice.below(20)}),
              expected);
}

// Hits on no rank, on one, or on all; failures among them.
void searches(Scene& scene) {
    const std::uint64_t count = 1 + scene.count();
    const Index hit = scene.dice.below(2 * count);
    const Index every = 1 + scene.dice.below(count);
    const Index failure = scene.dice.one_in(2) ? no_index : scene.dice.below(count);
    const auto is_hit = [&](Index i) { return i >= hit && (i - hit) % every == 0; };
    const auto task = [&](Index i, Context& context) {
        scene.dawdle();
        if (i == failure) {
            throw OddError("odd");
        }
        for (int look = 0; i % 5 == 0 && look < 300 && !context.stop_requested(); ++look) {}
        return is_hit(i);
    };
    const std::optional<Index> expected = hit < count ? std::optional(hit) : std::nullopt;
    const Options options{.schedule = scene.schedule()};
    if (failure < std::min(count, hit)) {
        EXPECT_THROW((void)find_first(scene.team, indices(count), task, options), TaskError);
    } else if (failure == hit) {
        EXPECT_THROW((void)find_first(scene.team, indices(count), task, options), TaskError);
    } else if (scene.dice.one_in(3) && failure == no_index) {
        const std::optional<Index> found = find_any(scene.team, indices(count), task, options);
        EXPECT_EQ(found.has_value(), expected.has_value());
        EXPECT_TRUE(!found || is_hit(*found));
        for (const std::optional<Index>& other : all_gather(scene.team, found)) {
            EXPECT_EQ(other, found);
        }
    } else {
        EXPECT_EQ(find_first(scene.team, indices(count), task, options), expected);
    }
}

// A task that fails, on any rank or on one; the call may be a map, a stream or a reduction.
void fails(Scene& scene) {
    const std::uint64_t count = 1 + scene.count();
    const Index bad = scene.dice.below(count);
    const Options options{.schedule = scene.schedule(), .in_flight = scene.in_flight()};
    const auto task = [&](Index i, Context& context) -> int {
        scene.dawdle();
        for (int look = 0; i % 5 == 0 && look < 300 && !context.stop_requested(); ++look) {}
        return i == bad ? throw OddError("odd") : 1;
    };
    const std::uint64_t kind = scene.dice.below(4);
    const std::string words = testing::expect_everywhere<TaskError>(scene.team, [&] {
        switch (kind) {
            case 0: map(scene.team, indices(count), task, options); break;
            case 1:
                map_ordered(
                    scene.team, indices(count), task, [](int) {}, options);
                break;
            case 2:
                map_unordered(
                    scene.team, indices(count), task, [](int) {}, options);
                break;
            default: map_reduce(scene.team, indices(count), 0, task, std::plus<>{}, options);
        }
    });
    EXPECT_NE(words.find("item " + std::to_string(bad) + " failed"), std::string::npos) << words;
}

void collects_failures(Scene& scene) {
    const std::uint64_t count = 1 + scene.count();
    const Index every = 1 + scene.dice.below(count);
    std::vector<TaskFailure> failures;
    const Options options{
        .schedule = scene.schedule(), .retries = static_cast<int>(scene.dice.below(3)), .collect = &failures};
    int tries = 0;
    const auto task = [&](Index i) {
        scene.dawdle();
        ++tries;
        if (i % every == 0) {
            throw OddError("odd");
        }
    };
    for_each(scene.team, indices(count), task, options);
    ASSERT_EQ(failures.size(), (count + every - 1) / every);
    for (std::size_t i = 0; i < failures.size(); ++i) {
        EXPECT_EQ(failures[i].item, i * every);
    }
    const std::vector<int> all = all_gather(scene.team, tries);
    std::uint64_t sum = 0;
    for (const int each : all) {
        sum += static_cast<std::uint64_t>(each);
    }
    EXPECT_EQ(sum, count + failures.size() * static_cast<std::uint64_t>(options.retries));
}

// The root's own part fails: what makes the items, or what takes the results.
void fails_on_the_root(Scene& scene) {
    const std::uint64_t count = 1 + scene.count();
    const Index bad = scene.dice.below(count);
    const Options options{.schedule = scene.schedule(), .in_flight = scene.in_flight()};
    const auto same = [&](Index i) {
        scene.dawdle();
        return i;
    };
    const bool in_producer = scene.dice.one_in(2);
    Index next = 0;
    const auto make = [&]() -> std::optional<Index> {
        if (in_producer && next == bad) {
            throw StoreError("cannot read");
        }
        return next < count ? std::optional(next++) : std::nullopt;
    };
    const auto refuse = [&](Index i) {
        scene.dawdle();
        if (!in_producer && i == bad) {
            throw StoreError("disk full");
        }
    };
    const bool ordered = scene.dice.one_in(2);
    testing::expect_everywhere<StoreError>(scene.team, [&] {
        if (in_producer || scene.dice.one_in(2)) {
            ordered ? map_ordered(scene.team, produced(make), same, refuse, options)
                    : map_unordered(scene.team, produced(make), same, refuse, options);
        } else {
            ordered ? map_ordered(scene.team, indices(count), same, refuse, options)
                    : map_unordered(scene.team, indices(count), same, refuse, options);
        }
    });
}

// All ranks see a signal at once here, as those of one job mostly do: so none may be in a call before or after this one.
void is_interrupted(Scene& scene) {
    scene.team.barrier();
    const std::uint64_t count = 1 + scene.count();
    const Index when = scene.dice.below(2 * count);
    const Options options{.schedule = scene.schedule(), .in_flight = scene.in_flight()};
    const auto task = [&](Index i, Context& context) {
        scene.dawdle();
        if (i == when) {
            detail::request_interrupt(SIGTERM);
        }
        for (int look = 0; i % 5 == 0 && look < 300 && !context.stop_requested(); ++look) {}
        return 1;
    };
    const std::uint64_t kind = scene.dice.below(3);
    int seen = 0;
    try {
        switch (kind) {
            case 0: for_each(scene.team, indices(count), task, options); break;
            case 1:
                map_ordered(
                    scene.team, indices(count), task, [&](int) { ++seen; }, options);
                break;
            default: map_reduce(scene.team, indices(count), 0, task, std::plus<>{}, options);
        }
        seen = -1;
    } catch (const Interrupted& error) {
        EXPECT_EQ(error.signal(), SIGTERM);
        seen = 0;
    }
    for (const int other : all_gather(scene.team, seen)) {
        EXPECT_EQ(other, seen) << "the ranks do not agree on how the call ended";
    }
    if (when >= count) {
        EXPECT_EQ(seen, -1);
    }
    detail::clear_interrupt();
    scene.team.barrier();
}

void splits(Scene& scene) {
    const int parts = 1 + static_cast<int>(scene.dice.below(3));
    Team part = scene.dice.one_in(3) ? scene.team.node() : scene.team.split(scene.team.rank() % parts);
    const int size = part.size();
    EXPECT_EQ(map_reduce(part, indices(40), 0, [&](Index) { return 1; }), 40);
    const std::vector<int> sizes = all_gather(part, size);
    EXPECT_EQ(std::count(sizes.begin(), sizes.end(), size), size);
}

void exchanges(Scene& scene) {
    const int from = static_cast<int>(scene.dice.below(static_cast<std::uint64_t>(scene.team.size())));
    scene.dawdle();
    const std::vector<int> ranks = all_gather(scene.team, scene.team.rank());
    ASSERT_EQ(ranks.size(), static_cast<std::size_t>(scene.team.size()));
    EXPECT_EQ(ranks[static_cast<std::size_t>(from)], from);
    scene.team.barrier();
    const auto mine = scatter(scene.team, scene.team.is_root() ? ranks : std::vector<int>());
    const auto again = gather(scene.team, mine);
    EXPECT_EQ(again, scene.team.is_root() ? ranks : std::vector<int>());
}

TEST(Calls, OfEveryKindBackToBack) {
    Scene scene(world());
    const std::vector<void (*)(Scene&)> kinds{
        maps,  maps_shipped_items, streams,           streams,        reduces, searches,
        fails, collects_failures,  fails_on_the_root, is_interrupted, splits,  exchanges};
    for (int call = 0; call < 12; ++call) {
        kinds[scene.dice.below(kinds.size())](scene);
    }
}

// Short calls are where those before and after meet.
TEST(Calls, OfAFewItemsBackToBack) {
    Scene scene(world());
    for (int call = 0; call < 60; ++call) {
        const std::uint64_t count = scene.dice.below(4);
        switch (scene.dice.below(5)) {
            case 0: {
                const auto found = find_first(scene.team, indices(count), [](Index) { return true; });
                ASSERT_EQ(found, count > 0 ? std::optional<Index>(0) : std::nullopt);
                break;
            }
            case 1:
                ASSERT_EQ(map_reduce(scene.team, indices(count), 0U, [](Index) { return 1U; }), count);
                break;
            case 2: {
                std::uint64_t sum = 0;
                map_unordered(
                    scene.team, indices(count), [](Index i) { return i + 1; }, [&](Index i) { sum += i; },
                    {.in_flight = scene.in_flight()});
                ASSERT_EQ(sum, scene.team.is_root() ? count * (count + 1) / 2 : 0);
                break;
            }
            case 3: {
                const auto bad = [](Index) -> int { throw OddError("odd"); };
                if (count > 0) {
                    ASSERT_THROW(map(scene.team, indices(count), bad), TaskError);
                }
                break;
            }
            default: scene.team.barrier();
        }
    }
}

}  // namespace
}  // namespace cohort

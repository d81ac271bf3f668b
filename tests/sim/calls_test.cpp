// Calls of every kind in any order on one team, with slow ranks, slow consumers, failures and signals anywhere: each gives
// exactly what it must, on every rank, and none hangs.
//
// What is called follows from the seed of the run, alike on all ranks; see tests/storm.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>
#include <storm/calls.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <optional>
#include <string>

namespace cohort {
namespace {

using testing::Dice;
using testing::simulated_seed;
using testing::world;

TEST(Calls, OfEveryKindBackToBack) {
    const testing::Pace pace{.most_items = 500};
    Dice dice(simulated_seed());
    std::string answers;
    for (int call = 0; call < 10; ++call) {
        answers += testing::make_call(world(), dice(), pace) + "\n";
    }
    EXPECT_EQ(broadcast(world(), answers), answers) << "the ranks do not agree";
}

// Short calls are where those before and after meet.
TEST(Calls, OfAFewItemsBackToBack) {
    Team& team = world();
    Dice dice(simulated_seed());
    for (int call = 0; call < 60; ++call) {
        const std::uint64_t count = dice.below(4);
        switch (dice.below(5)) {
            case 0: {
                const auto found = find_first(team, indices(count), [](Index) { return true; });
                ASSERT_EQ(found, count > 0 ? std::optional<Index>(0) : std::nullopt);
                break;
            }
            case 1: ASSERT_EQ(map_reduce(team, indices(count), 0U, [](Index) { return 1U; }), count); break;
            case 2: {
                std::uint64_t sum = 0;
                map_unordered(
                    team, indices(count), [](Index i) { return i + 1; }, [&](Index i) { sum += i; },
                    {.in_flight = dice.one_in(2) ? 0 : 1 + dice.below(40)});
                ASSERT_EQ(sum, team.is_root() ? count * (count + 1) / 2 : 0);
                break;
            }
            case 3: {
                const auto bad = [](Index) -> int { throw testing::Mishap("odd"); };
                if (count > 0) {
                    ASSERT_THROW(map(team, indices(count), bad), TaskError);
                }
                break;
            }
            default: team.barrier();
        }
    }
}

}  // namespace
}  // namespace cohort

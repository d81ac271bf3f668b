// Calls of every kind with all that options allow, one after another on one team: each gives what it must on every rank, and
// none hangs. The same calls run on simulated ranks in tests/sim; here with real memory, processes and messages.
//
//     COHORT_STORM_SEED=1       the first call
//     COHORT_STORM_CALLS=200    how many
//     COHORT_STORM_TRACE=1      the root names each call on standard error before it makes it
//
// run_storms makes many storms over many layouts.
#include <cohort/run/exchange.hpp>
#include <storm/calls.hpp>
#include <support/world.hpp>

#include <gtest/gtest.h>

#include <cstdlib>

namespace cohort {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(Storm, GivesWhatOneRankWouldGive) {
    Team& team = testing::world();
    const testing::Pace pace{
        .most_items = 3'000, .sleepy_in = 4, .longest_sleep = std::chrono::microseconds(300)};
    const std::uint64_t first = setting("COHORT_STORM_SEED", 1);
    const std::uint64_t calls = setting("COHORT_STORM_CALLS", 200);
    std::string answers;
    for (std::uint64_t call = first; call < first + calls && !HasFailure(); ++call) {
        answers += testing::make_call(team, call, pace) + "\n";
        // Seldom, so that most calls begin while ranks are still leaving the one before.
        if (call % 16 == 0 || call + 1 == first + calls) {
            EXPECT_EQ(broadcast(team, answers), answers) << "the ranks do not agree, up to call " << call;
            answers.clear();
        }
    }
}

}  // namespace
}  // namespace cohort

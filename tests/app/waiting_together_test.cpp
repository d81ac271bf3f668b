// While the root waits for input, a signal to any rank is heard, and what fails on the root is everyone's.
#include <cohort/app/waiting.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/team/interrupt.hpp>

#include <support/world.hpp>

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <unistd.h>

namespace cohort {
namespace {

using testing::world;

TEST(WaitingTogether, EndsByASignalToAnyRank) {
    Team& team = world();
    for (int hearing = 0; hearing < team.size(); ++hearing) {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe(ends.data()), 0);
        std::array<char, 16> buffer{};
        const Ear ear(team);
        if (team.rank() == hearing) detail::request_interrupt(SIGUSR1);
        try {
            on_root_listening(team, [&] { static_cast<void>(read_some(ends[0], buffer, ear)); });
            ADD_FAILURE() << "the signal to rank " << hearing << " was not heard";
        } catch (const Interrupted& error) {
            EXPECT_EQ(error.signal(), SIGUSR1);
        }
        detail::clear_interrupt();
        ::close(ends[0]);
        ::close(ends[1]);
    }
}

TEST(WaitingTogether, IsDoneByTheRootAlone) {
    Team& team = world();
    int calls = 0;
    for (int i = 0; i < 10; ++i) on_root_listening(team, [&] { ++calls; });
    EXPECT_EQ(calls, team.is_root() ? 10 : 0);
}

TEST(WaitingTogether, FailsForAll) {
    Team& team = world();
    EXPECT_THROW(on_root_listening(team, [] { throw StoreError("no such disk"); }), StoreError);
    EXPECT_FALSE(Ear(team).told_to_stop());
}

}  // namespace
}  // namespace cohort

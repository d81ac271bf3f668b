// A signal lowers the horizon of every call that the process is in, from a handler or another thread, and of no other.
#include <cohort/team/interrupt.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <thread>

namespace cohort::detail {
namespace {

using Horizon = std::atomic<std::uint64_t>;

class Interrupts : public testing::Test {
  protected:
    ~Interrupts() override { clear_interrupt(); }
};

extern "C" void on_signal(int signal) { request_interrupt(signal); }

TEST_F(Interrupts, LowerEveryCallInProgress) {
    Horizon outer{100};
    Horizon inner{7};
    const Interruptible outer_call(outer);
    const Interruptible inner_call(inner);
    std::signal(SIGUSR2, on_signal);
    std::raise(SIGUSR2);
    std::signal(SIGUSR2, SIG_DFL);
    EXPECT_EQ(interrupted(), SIGUSR2);
    EXPECT_EQ(outer, 0U);
    EXPECT_EQ(inner, 0U);
    EXPECT_EQ(outer_call.signal(), SIGUSR2);
    EXPECT_EQ(inner_call.signal(), SIGUSR2);
}

TEST_F(Interrupts, LeaveAloneWhatIsOverOrClosed) {
    Horizon over{5};
    Horizon closed{6};
    Horizon open{7};
    { const Interruptible call(over); }
    const Interruptible first(open);
    Interruptible second(closed);
    const Interruptible third(open);
    second.close();
    second.close();
    request_interrupt(SIGTERM);
    EXPECT_EQ(over, 5U);
    EXPECT_EQ(closed, 6U);
    EXPECT_EQ(second.signal(), 0);
    EXPECT_EQ(open, 0U);
    // One of the two found it lowered already.
    EXPECT_EQ(first.signal() + third.signal(), SIGTERM);
}

TEST_F(Interrupts, CountForACallThatBeginsLater) {
    request_interrupt(SIGINT);
    Horizon horizon{9};
    const Interruptible call(horizon);
    EXPECT_EQ(horizon, 0U);
    EXPECT_EQ(call.signal(), SIGINT);
}

TEST_F(Interrupts, ChangeNothingWhereAllIsDoneAlready) {
    Horizon horizon{0};
    const Interruptible call(horizon);
    request_interrupt(SIGINT);
    EXPECT_EQ(call.signal(), 0);
}

// Whoever closes a call may destroy the horizon at once.
TEST_F(Interrupts, AreNotUnderWayOnceACallIsClosed) {
    std::atomic<bool> over{false};
    std::thread signals([&] {
        while (!over) {
            request_interrupt(SIGTERM);
        }
    });
    for (int call = 0; call < 20'000; ++call) {
        Horizon outer{1};
        const Interruptible outer_call(outer);
        Horizon horizon{1};
        Interruptible inner_call(horizon);
        inner_call.close();
        const bool lowered = inner_call.signal() != 0;
        EXPECT_EQ(horizon == 0, lowered);
        horizon = 2;
        std::this_thread::yield();
        ASSERT_EQ(horizon, 2U);
    }
    over = true;
    signals.join();
}

}  // namespace
}  // namespace cohort::detail

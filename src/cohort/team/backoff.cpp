#include <cohort/team/backoff.hpp>

#include <algorithm>
#include <sched.h>
#include <thread>

namespace cohort::detail {
namespace {

constexpr std::chrono::milliseconds yielding_for{1};
constexpr std::chrono::microseconds short_sleep{500};
// Who has waited for long sleeps longer, but only so much that what it oversleeps is small beside the wait: to wake and look
// for messages of other nodes takes 10 us.
constexpr std::chrono::microseconds longest_sleep{2000};
constexpr int sleeps_in_wait = 200;

void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace

void Backoff::pause() noexcept {
    if (spins_left_ > 0) {
        --spins_left_;
        relax();
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (!yielding_) {
        yielding_ = true;
        since_ = now;
    }
    if (now - since_ < yielding_for) {
        sched_yield();
        return;
    }
    std::this_thread::sleep_for(sleep_);
    const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(now - since_);
    sleep_ = std::min(sleep_ * 2, std::clamp(waited / sleeps_in_wait, short_sleep, longest_sleep));
}

}  // namespace cohort::detail

// Tells that a while has passed, asking for the time only as often as that needs: what asks may come every nanosecond.
#pragma once

#include <chrono>

namespace cohort::detail {

class Pulse {
  public:
    // The time is asked for at least every `longest_stride` times.
    explicit Pulse(std::chrono::nanoseconds period, unsigned longest_stride = 4096) noexcept
        : period_(period), longest_stride_(longest_stride) {}

    // Local. True about once every period, if asked at least that often.
    [[nodiscard]] bool due() noexcept { return may_be_due() && look(); }
    // Local. Counts as asking; false if due() would not ask for the time.
    [[nodiscard]] bool may_be_due() noexcept { return ++asked_ >= stride_; }
    // Local. For a loop that asks only once in stride() turns, and then by look(): the same as due() in each of them.
    [[nodiscard]] unsigned stride() const noexcept { return stride_; }
    // Never inlined: what the caller has in registers would have to make room.
    [[nodiscard, gnu::noinline]] bool look() noexcept {
        asked_ = 0;
        const auto now = std::chrono::steady_clock::now();
        if (last_ == std::chrono::steady_clock::time_point()) {
            last_ = now;  // who never asks never reads the clock
        }
        const auto passed = now - last_;
        last_ = now;
        if (passed > period_) {
            stride_ = stride_ > 4 ? stride_ / 4 : 1;
        } else if (passed < period_ / 4 && stride_ < longest_stride_) {
            stride_ *= 2;
        }
        since_ += passed;
        if (since_ < period_) {
            return false;
        }
        since_ = {};
        return true;
    }

  private:
    std::chrono::nanoseconds period_;
    unsigned longest_stride_;
    unsigned asked_ = 0;
    unsigned stride_ = 1;
    std::chrono::steady_clock::time_point last_;
    std::chrono::nanoseconds since_{};
};

}  // namespace cohort::detail

// Tells that a while has passed, asking for the time only as often as that needs: what asks may come every nanosecond.
#pragma once

#include <chrono>

namespace cohort::detail {

class Pulse {
  public:
    explicit Pulse(std::chrono::nanoseconds period) noexcept : period_(period) {}

    // Local. True about once every period, if asked at least that often.
    [[nodiscard]] bool due() noexcept { return may_be_due() && look(); }
    // Local. Counts as asking; false if due() would not ask for the time.
    [[nodiscard]] bool may_be_due() noexcept { return ++asked_ >= stride_; }

  private:
    static constexpr unsigned longest_stride = 4096;

    // Never inlined: what the caller has in registers would have to make room.
    [[nodiscard, gnu::noinline]] bool look() noexcept {
        asked_ = 0;
        const auto now = std::chrono::steady_clock::now();
        const auto passed = now - last_;
        last_ = now;
        if (passed > period_) {
            stride_ = stride_ > 4 ? stride_ / 4 : 1;
        } else if (passed < period_ / 4 && stride_ < longest_stride) {
            stride_ *= 2;
        }
        since_ += passed;
        if (since_ < period_) {
            return false;
        }
        since_ = {};
        return true;
    }

    std::chrono::nanoseconds period_;
    unsigned asked_ = 0;
    unsigned stride_ = 1;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
    std::chrono::nanoseconds since_{};
};

}  // namespace cohort::detail

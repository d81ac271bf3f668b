// How a rank waits for another.
//
// What a rank waits for mostly comes within a microsecond, so it spins first; then it lets others have the core; after
// a millisecond it sleeps, so that a team which waits for minutes costs next to nothing. With more ranks than cores
// spinning would keep the very rank that it waits for from running, so there it yields at once.
#pragma once

#include <chrono>

namespace cohort::detail {

class Backoff {
  public:
    explicit Backoff(bool oversubscribed) noexcept : spins_left_(oversubscribed ? 0 : spins) {}

    // Local. Waits a little; longer, the longer nothing has come.
    void pause() noexcept;

  private:
    static constexpr int spins = 64;  // of about 30 ns each

    int spins_left_;
    bool yielding_ = false;
    std::chrono::steady_clock::time_point since_{};
    std::chrono::microseconds sleep_{50};
};

}  // namespace cohort::detail

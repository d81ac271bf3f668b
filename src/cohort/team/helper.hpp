// A thread that moves messages for a rank that is inside a long task.
//
// A rank answers the others between its tasks. While it computes for seconds, those that need an answer of it would wait as
// long. So where others may need one, a second thread looks every 5 ms whether the rank has moved messages itself, and if
// not does so every 500 us until it does. That costs 1.4 % of a core while it lasts; every 50 us would cost 9 %. The thread
// never runs code of the user, and has all signals blocked.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace cohort::detail {

class Helper {
  public:
    // Local. `serve` must not throw.
    explicit Helper(std::function<void()> serve);
    Helper(const Helper&) = delete;
    Helper& operator=(const Helper&) = delete;
    ~Helper();

    // Local. A call begins, or ends: between calls nobody needs an answer.
    void begin() noexcept;
    void end() noexcept { in_call_.store(false, std::memory_order_relaxed); }
    // Local. The rank moves messages itself. One store.
    void heard() noexcept { beats_.store(++beat_, std::memory_order_relaxed); }

  private:
    void run();
    void watch();

    std::function<void()> serve_;
    std::uint64_t beat_ = 0;
    std::atomic<std::uint64_t> beats_{0};
    std::atomic<std::uint64_t> calls_{0};
    std::atomic<bool> in_call_{false};
    std::atomic<bool> asleep_{false};
    std::atomic<bool> over_{false};
    std::mutex mutex_;
    std::condition_variable wake_;
    std::thread thread_;  // last: it uses the others
};

}  // namespace cohort::detail

// A thread that moves messages for a rank that is inside a long task.
//
// A rank moves messages between its tasks, and whenever it waits. While it computes for seconds, what it has sent might stay
// with it for as long, and those that need an answer of it would wait. So a second thread looks every 5 ms whether the rank
// has moved messages itself, and if not does so every 500 us until it does. That costs 1.4 % of a core while it lasts; every 50
// us would cost 9 %. Where nobody needs an answer, it looks every 20 ms and moves them once, which costs 0.1 %. After a call
// it goes on until all that the rank has sent is taken. The thread never runs code of the user, and has all signals blocked.
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
    // Local. `serve` moves messages; `owes` says at any time whether some that the rank has sent are not taken yet. Neither
    // may throw.
    Helper(std::function<void()> serve, std::function<bool()> owes);
    Helper(const Helper&) = delete;
    Helper& operator=(const Helper&) = delete;
    ~Helper();

    // Local. A call begins, in which others may need an answer of this rank, or not; or it ends, and between calls none does.
    void begin(bool answers) noexcept;
    void end() noexcept;
    // Local. The rank moves messages itself. One store.
    void heard() noexcept { beats_.store(++beat_, std::memory_order_relaxed); }

  private:
    void run();
    void watch();

    [[nodiscard]] bool is_wanted() const { return in_call_.load(std::memory_order_seq_cst) || owes_(); }
    void wake() noexcept;

    std::function<void()> serve_;
    std::function<bool()> owes_;
    std::uint64_t beat_ = 0;
    std::atomic<std::uint64_t> beats_{0};
    std::atomic<std::uint64_t> calls_{0};
    std::atomic<bool> in_call_{false};
    std::atomic<bool> answers_{false};
    std::atomic<bool> asleep_{false};
    std::atomic<bool> over_{false};
    std::mutex mutex_;
    std::condition_variable wake_;
    std::thread thread_;  // last: it uses the others
};

}  // namespace cohort::detail

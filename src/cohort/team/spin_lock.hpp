// A lock for what is held for a few microseconds and is nearly always free.
//
// It costs one atomic exchange, where std::mutex costs two, and works in memory that processes share. A waiter gives its
// core away, since the owner may be waiting for that very core.
#pragma once

#include <atomic>
#include <cstdint>
#include <sched.h>

namespace cohort::detail {

// Free when zero, as fresh shared memory is.
class SpinLock {
  public:
    void lock() noexcept {
        while (held_.exchange(1, std::memory_order_acquire) != 0) {
            sched_yield();
        }
    }
    void unlock() noexcept { held_.store(0, std::memory_order_release); }

  private:
    std::atomic<std::uint32_t> held_{0};
};

}  // namespace cohort::detail

// The wish to stop, from a signal or the end of the walltime.
//
// A signal handler may do almost nothing, so it only leaves its number, and lowers the horizon of every call that this
// process is in: a task that asks whether to stop then reads one word for all reasons there are. The rank says why at its
// next claim, or when it leaves.
#pragma once

#include <atomic>
#include <cstdint>

namespace cohort::detail {

// A signal handler has no other way to speak to the program. 0: none came.
inline constinit std::atomic<int> pending_interrupt{0};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

// Local; safe in a signal handler. Asks every later and the current calls of this process to end with Interrupted.
void request_interrupt(int signal) noexcept;

// Local. The signal that asked for an end, or 0. One load.
[[nodiscard]] inline int interrupted() noexcept { return pending_interrupt.load(std::memory_order_relaxed); }

// Local. Forgets the wish, for a program that goes on after it, and for tests.
inline void clear_interrupt() noexcept { pending_interrupt.store(0, std::memory_order_relaxed); }

// The horizon of a call, for as long as a signal may lower it to 0. Every member is local.
class Interruptible {
  public:
    // A signal that has come already counts.
    explicit Interruptible(std::atomic<std::uint64_t>& horizon) noexcept;
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;
    ~Interruptible() { close(); }

    // The signal that lowered the horizon; 0 if none has. What was at 0 already stays as it is.
    [[nodiscard]] int signal() const noexcept { return signal_.load(std::memory_order_acquire); }

    // No signal lowers the horizon from now on: none is at it either.
    void close() noexcept;

  private:
    friend void request_interrupt(int signal) noexcept;

    void stop(int signal) noexcept;

    std::atomic<std::uint64_t>& horizon_;
    std::atomic<int> signal_{0};
    std::atomic<Interruptible*> next_{nullptr};
    bool is_open_ = true;
};

}  // namespace cohort::detail

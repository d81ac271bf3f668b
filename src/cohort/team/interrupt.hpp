// The wish to stop, from a signal or the end of the walltime.
//
// A signal handler may do almost nothing, so it only leaves its number here. Ranks look at it whenever they claim work
// or ask whether to stop; the first to see it ends the call on all ranks.
#pragma once

#include <atomic>

namespace cohort::detail {

// A signal handler has no other way to speak to the program. 0: none came.
inline constinit std::atomic<int> pending_interrupt{0};
static_assert(std::atomic<int>::is_always_lock_free);

// Local; safe in a signal handler. Asks every later and the current call of this process to end with Interrupted.
inline void request_interrupt(int signal) noexcept {
    pending_interrupt.store(signal, std::memory_order_relaxed);
}

// Local. The signal that asked for an end, or 0. One load.
[[nodiscard]] inline int interrupted() noexcept { return pending_interrupt.load(std::memory_order_relaxed); }

// Local. Forgets the wish, for a program that goes on after it, and for tests.
inline void clear_interrupt() noexcept { request_interrupt(0); }

}  // namespace cohort::detail

// The wish to stop, from a signal or the end of the walltime.
//
// A signal handler may do almost nothing, so it only leaves its number here. Ranks look at it whenever they claim work
// or ask whether to stop; the first to see it ends the call on all ranks.
#pragma once

namespace cohort::detail {

// Local; safe in a signal handler. Asks every later and the current call of this process to end with Interrupted.
void request_interrupt(int signal) noexcept;

// Local. The signal that asked for an end, or 0. One load.
[[nodiscard]] int interrupted() noexcept;

// Local. Forgets the wish, for a program that goes on after it, and for tests.
void clear_interrupt() noexcept;

}  // namespace cohort::detail

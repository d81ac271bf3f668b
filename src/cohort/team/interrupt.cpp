#include <cohort/team/interrupt.hpp>

#include <atomic>

namespace cohort::detail {
namespace {

// A signal handler has no other way to speak to the program.
std::atomic<int> pending{0};
static_assert(std::atomic<int>::is_always_lock_free);

}  // namespace

void request_interrupt(int signal) noexcept { pending.store(signal, std::memory_order_relaxed); }

int interrupted() noexcept { return pending.load(std::memory_order_relaxed); }

void clear_interrupt() noexcept { pending.store(0, std::memory_order_relaxed); }

}  // namespace cohort::detail

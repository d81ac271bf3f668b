#include <cohort/team/interrupt.hpp>

#include <cohort/team/spin_lock.hpp>

#include <mutex>
#include <sched.h>

namespace cohort::detail {
namespace {

// The calls that this process is in, the last begun first. A handler walks along them without a lock, which it might have
// interrupted the owner of; so who takes one out waits until no handler is under way. The lock is between the others.
constinit std::atomic<Interruptible*> first{nullptr};
constinit std::atomic<int> handlers{0};
constinit SpinLock lock_of_list;

}  // namespace

void request_interrupt(int signal) noexcept {
    handlers.fetch_add(1);
    pending_interrupt.store(signal);
    for (Interruptible* call = first.load(); call != nullptr; call = call->next_.load()) {
        call->stop(signal);
    }
    handlers.fetch_sub(1);
}

Interruptible::Interruptible(std::atomic<std::uint64_t>& horizon) noexcept : horizon_(horizon) {
    {
        const std::lock_guard lock(lock_of_list);
        next_.store(first.load(std::memory_order_relaxed), std::memory_order_relaxed);
        first.store(this);
    }
    if (const int pending = pending_interrupt.load(); pending != 0) {
        stop(pending);
    }
}

void Interruptible::stop(int signal) noexcept {
    std::uint64_t known = horizon_.load(std::memory_order_relaxed);
    while (known != 0 && !horizon_.compare_exchange_weak(known, 0, std::memory_order_acq_rel)) {}
    int none = 0;
    if (known != 0) {
        signal_.compare_exchange_strong(none, signal, std::memory_order_release);
    }
}

void Interruptible::close() noexcept {
    if (!is_open_) {
        return;
    }
    is_open_ = false;
    {
        const std::lock_guard lock(lock_of_list);
        std::atomic<Interruptible*>* place = &first;
        while (place->load(std::memory_order_relaxed) != this) {
            place = &place->load(std::memory_order_relaxed)->next_;
        }
        place->store(next_.load(std::memory_order_relaxed));
    }
    while (handlers.load() != 0) {
        sched_yield();  // one in another thread; never one of this thread, which would have to end first
    }
}

}  // namespace cohort::detail

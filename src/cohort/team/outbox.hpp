// Short messages on their way.
//
// Who sends one goes on at once, perhaps into a task, and no message moves by itself (see transport.hpp). So each is sent
// synchronously from a copy that stays here until its receiver has taken it: as long as there is one, its sender owes it a
// push now and then. Waits give it, claims too, and a rank's helper while the rank is in a task or has left the call.
#pragma once

#include <cohort/team/transport.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <vector>

namespace cohort::detail {

// Every member is local.
class Outbox {
  public:
    // `transport` outlives the outbox.
    explicit Outbox(Transport& transport) : transport_(transport) {}
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    ~Outbox();

    // Sends a message of at most short_message bytes, which may be reused. Never waits.
    void post(int to, int tag, Transport::ConstBytes bytes);
    // Forgets the messages that have been taken, as far as the first that has not.
    void push();
    // May be asked by another thread at any time.
    [[nodiscard]] bool empty() const noexcept { return left_.load(std::memory_order_relaxed) == 0; }

  private:
    struct Posted {
        std::vector<std::byte> bytes;
        Request request;
    };

    Transport& transport_;
    std::deque<Posted> posted_;  // in this order; what is in it does not move
    std::atomic<std::size_t> left_{0};
};

}  // namespace cohort::detail

// What a task may ask of the call that it is part of.
#pragma once

#include <cohort/plan/random.hpp>
#include <cohort/plan/seed.hpp>
#include <cohort/team/call.hpp>

#include <cstdint>

namespace cohort {

namespace detail {
class LookOut;
}

// Given to a task that takes a second argument. Every member is local, and usable during the task only.
class Context {
  public:
    Context(detail::Call& call, std::uint64_t grain, Index index, Seed seed, int attempt = 0) noexcept
        : call_(call),
          grain_(grain),
          index_(index),
          attempt_(attempt),
          random_(seed, 0, index),
          asks_others_(call.listens()) {}
    // Of a task that the ranks of a part do together, in a call of the part: `random` is where the first rank's is, and
    // `outer` is the first rank's in the call that it claimed the item from; none on the others.
    Context(detail::Call& call, std::uint64_t grain, Index index, int attempt, const Random& random,
            Context* outer) noexcept
        : call_(call),
          grain_(grain),
          index_(index),
          attempt_(attempt),
          random_(random),
          outer_(outer),
          asks_others_(call.listens() || outer != nullptr) {}
    // Of item `index` of the same grain.
    [[nodiscard]] Context of_item(Index index) const noexcept {
        return {call_, grain_, index, attempt_, random_.of_index(index), outer_};
    }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() = default;

    // The item's index in the input; the grain's number for a task on a grain.
    [[nodiscard]] Index index() const noexcept { return index_; }

    // True if the result of this task can no longer matter: a lower hit is known, another task failed, a signal came.
    // The task may then return anything. One load of a word in the node's memory, so ask often; of several nodes, one
    // rank of each also counts its asks and now and then looks for what other nodes say.
    [[nodiscard]] bool stop_requested() {
        return call_.is_beyond(grain_) ||
               (asks_others_ && (outer_ != nullptr || call_.may_listen()) && others_request_stop());
    }

    // Random numbers of this item: the same on any rank, in any order, on any attempt.
    [[nodiscard]] Random& random() noexcept { return random_; }

    // 0, and one more for each time that the item failed before; see Options::retries.
    [[nodiscard]] int attempt() const noexcept { return attempt_; }

  private:
    friend class detail::LookOut;

    // Never inlined: around it, the task's own variables would not stay in registers.
    [[nodiscard, gnu::noinline, gnu::cold]] bool others_request_stop() {
        if (call_.listens() && call_.is_beyond_as_heard(grain_)) {
            return true;
        }
        if (outer_ == nullptr || !outer_->stop_requested()) {
            return false;
        }
        call_.hit_any(grain_);  // so the rest of the part hears of it
        return true;
    }

    detail::Call& call_;
    std::uint64_t grain_;
    Index index_;
    int attempt_;
    Random random_;
    Context* outer_ = nullptr;
    bool asks_others_;  // whether to stop
};

namespace detail {

// What goes through many items in one task looks out for other ranks between them.
class LookOut {
  public:
    // See Call.
    [[nodiscard]] static std::uint64_t look(Context& context, std::uint64_t done, std::uint64_t end) {
        return context.call_.look(done, end);
    }
};

}  // namespace detail

}  // namespace cohort

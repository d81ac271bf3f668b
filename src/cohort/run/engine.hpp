// How a call's items reach tasks, and results the root.
//
// A task is a generic callable `body(k, unit, context)` for unit k: one item, or the items of one grain. Units come to a
// rank in one of two ways. Inputs that every rank has are claimed, without a master. Inputs that only the root has
// are dealt by the root, which has to send them anyway; streams that cross nodes are dealt too, because only the root
// knows how much may be in flight. Either way the root takes part in the work, but not while input or results wait for it.
#pragma once

#include <cohort/run/context.hpp>
#include <cohort/run/inputs.hpp>
#include <cohort/run/results.hpp>
#include <cohort/run/running.hpp>
#include <cohort/run/task.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <type_traits>

namespace cohort::detail {

// The items of one unit: `unit[0]` to `unit[unit.size() - 1]`.
template <typename Access>
class Unit {
  public:
    Unit(Access& access, std::uint64_t first, std::uint64_t count)
        : access_(access), first_(first), count_(count) {}

    [[nodiscard]] std::uint64_t size() const noexcept { return count_; }
    [[nodiscard]] decltype(auto) operator[](std::uint64_t i) const { return access_.item(first_ + i); }
    [[nodiscard]] Index index(std::uint64_t i) const { return access_.index(first_ + i); }

  private:
    Access& access_;
    std::uint64_t first_;
    std::uint64_t count_;
};

// Runs units [first, first + count) of `access`, which holds `items` items in units of `size`. Calls keep(k, result) for
// each result that matters. Returns the number of items finished; a failure is told to the call.
template <typename Access, typename Body, typename Keep>
std::uint64_t run_units(Call& call, Access& access, std::uint64_t items, std::uint64_t size, Chunk chunk,
                        Seed seed, Body& body, const Keep& keep) {
    std::uint64_t done = 0;
    Index index = no_index;
    std::uint64_t k = chunk.first;
    try {
        access.open(k * size, std::min(chunk.count * size, items - k * size));
        for (std::uint64_t i = 0; i < chunk.count && !call.is_beyond(k); ++i, ++k) {
            const std::uint64_t first = k * size;
            const std::uint64_t count = std::min(size, items - first);
            index = access.index(first);
            Context context(call, k, index, seed);
            const Unit<Access> unit(access, first, count);
            using R = std::invoke_result_t<Body&, std::uint64_t, const Unit<Access>&, Context&>;
            if constexpr (std::is_void_v<R>) {
                body(k, unit, context);
            } else {
                R result = body(k, unit, context);
                if (call.is_beyond(k)) {
                    break;  // the task may have left early
                }
                index = no_index;
                keep(k, std::move(result));
            }
            done += count;
        }
    } catch (...) {
        call.fail(k, index, std::current_exception());
    }
    return done;
}

// Asks for the time only as often as needed to notice that a while has passed.
class Pulse {
  public:
    // True about once every millisecond, if asked at least that often.
    [[nodiscard]] bool due() {
        if (++asked_ < stride_) {
            return false;
        }
        asked_ = 0;
        const auto now = std::chrono::steady_clock::now();
        const auto passed = now - last_;
        last_ = now;
        stride_ = passed > std::chrono::milliseconds(1)     ? std::max(stride_ / 4, 1U)
                  : passed < std::chrono::microseconds(250) ? std::min(stride_ * 2, 4096U)
                                                            : stride_;
        since_ += passed;
        if (since_ < std::chrono::milliseconds(1)) {
            return false;
        }
        since_ = {};
        return true;
    }

  private:
    unsigned asked_ = 0;
    unsigned stride_ = 1;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::duration since_{};
};

// Runs `part` of a call that is not a task; what it throws is the call's failure.
template <typename Part>
void guarded(Call& call, const Part& part) {
    try {
        part();
    } catch (...) {
        call.fail(0, no_index, std::current_exception());
    }
}

struct NoHook {
    void operator()() const noexcept {}
};

// Claims units and runs them; after each chunk calls `after_chunk`, which may throw as a task may. For tasks whose
// results stay with the rank.
template <typename Access, typename Body, typename AfterChunk = NoHook>
void run_claimed(Running& running, Access& access, std::uint64_t size, Body&& body,
                 AfterChunk&& after_chunk = {}) {
    Call& call = running.call();
    const std::uint64_t items = access.count();
    const auto ignore = [](std::uint64_t, Nothing&&) {};
    while (const auto chunk = running.claim()) {
        const std::uint64_t done =
            run_units(call, access, items, size, *chunk, running.options().seed, body, ignore);
        guarded(call, after_chunk);
        call.finished(done);
    }
}

// On the root, in a stream: hands results to deliver(k, result), until it throws.
template <typename R, typename Deliver>
class Delivery {
  public:
    Delivery(Call& call, Deliver& deliver) : call_(call), deliver_(deliver) {}

    void operator()(std::uint64_t k, R&& result) {
        if (call_.is_beyond(0)) {
            return;  // the call has failed: what still comes is not wanted
        }
        try {
            deliver_(k, std::move(result));
        } catch (...) {
            call_.fail(k, no_index, std::current_exception());
        }
    }
    // Takes in a block of another rank.
    void take(const Frame& frame) {
        read_results<R>(frame.payload, *this);
        ranks_done_ += frame.header.a == 1 ? 1 : 0;
    }
    // True when every other rank has sent its last.
    [[nodiscard]] bool complete() const noexcept { return ranks_done_ == call_.team().size() - 1; }

  private:
    Call& call_;
    Deliver& deliver_;
    int ranks_done_ = 0;
};

// Claims units and runs them; results go to the root, which hands each to deliver(k, result).
template <typename R, typename Access, typename Body, typename Deliver>
void run_claimed_stream(Running& running, Access& access, Body&& body, Deliver& deliver) {
    Call& call = running.call();
    Stream stream(call);
    const std::uint64_t items = access.count();
    const Seed seed = running.options().seed;
    if (call.team().rank() == 0) {
        Delivery<R, Deliver> delivery(call, deliver);
        const auto receive = [&] { return stream.receive([&](int, Frame& frame) { delivery.take(frame); }); };
        running.serve_with(receive);
        Pulse pulse;
        const auto keep = [&](std::uint64_t k, R&& result) {
            delivery(k, std::move(result));
            if (pulse.due()) {
                receive();
            }
        };
        while (const auto chunk = running.claim()) {
            call.finished(run_units(call, access, items, 1, *chunk, seed, body, keep));
        }
        Call::Wait wait(call);
        while (!delivery.complete()) {
            if (receive()) {
                wait.restart();
            } else {
                wait.pause();
            }
        }
    } else {
        ResultWriter<R> writer(stream);
        // A rank that waits for room must not hold back the results that would make it.
        running.serve_with([&] {
            writer.send(false);
            return stream.flush_some();
        });
        const auto keep = [&](std::uint64_t k, R&& result) { writer.add(k, result); };
        while (const auto chunk = running.claim()) {
            call.finished(run_units(call, access, items, 1, *chunk, seed, body, keep));
            writer.send_if_late();
        }
        running.serve_with(nullptr);
        writer.send(true);
        stream.flush();
    }
    running.serve_with(nullptr);
}

}  // namespace cohort::detail

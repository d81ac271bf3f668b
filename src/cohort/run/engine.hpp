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
#include <cohort/team/pulse.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

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

// Runs `part` of a call that is not a task; what it throws is the call's failure.
template <typename Part>
[[gnu::always_inline]] inline void guarded(Call& call, const Part& part) {
    try {
        part();
    } catch (...) {
        call.fail(0, no_index, std::current_exception());
    }
}

// A root that works takes in the others' results about this often.
inline constexpr std::chrono::milliseconds results_wait{1};

struct NoHook {
    void operator()() const noexcept {}
    void operator()(std::uint64_t) const noexcept {}
};

// How many items of the input unit k stands for, which is a run of `count` of `access`.
template <typename Access>
[[gnu::always_inline]] inline std::uint64_t items_of(const Access& access, std::uint64_t k,
                                                     std::uint64_t count) {
    if constexpr (requires { access.items_of(k); }) {
        return access.items_of(k);
    } else {
        return count;
    }
}

// What became of items.
struct Ran {
    std::uint64_t finished = 0;
    std::uint64_t lost = 0;  // failed, and without a result in this pass
};

// Within a catch: decides about unit k, whose task threw the current exception. Kept out of the loop that runs tasks, which
// would no longer be inlined with it.
template <typename Access, typename Lose>
[[gnu::noinline]] Running::Fate recover(Running& running, Access& access, std::uint64_t k, Index index,
                                        std::uint64_t first, std::uint64_t count, int attempt,
                                        const Lose& lose) {
    Running::Fate fate = Running::Fate::ends;
    guarded(running.call(), [&] {
        const Running::Fate decided =
            running.failed(k, index, items_of(access, k, count), attempt, std::current_exception());
        if (decided == Running::Fate::again) {
            if constexpr (requires { access.restore(); }) {
                access.restore();
            }
        } else if (decided == Running::Fate::lost) {
            if constexpr (requires { access.saved(first, count); }) {
                if (running.tries_again()) {
                    running.keep_items(access.saved(first, count));
                }
            }
            lose(k);
        }
        fate = decided;
    });
    return fate;
}

// Runs the units of `chunk` of `access`, which holds `items` items in units of `size`. Calls keep(k, result) for each
// result that matters, and lose(k) for each unit that failed without ending the call. Inlined by force, as is what it calls
// for each item: left to the compiler they became calls, and a chunk of one item cost a fifth more.
template <typename Access, typename Body, typename Keep, typename Lose = NoHook>
[[gnu::always_inline]] inline Ran run_units(Running& running, Access& access, std::uint64_t items,
                                            std::uint64_t size, Chunk chunk, Body& body, const Keep& keep,
                                            const Lose& lose = {}) {
    Call& call = running.call();
    const Seed seed = running.options().seed;
    Ran ran;
    Index index = no_index;
    std::uint64_t k = chunk.first;
    int attempt = running.attempt();
    access.open(k * size, std::min(chunk.count * size, items - k * size));
    std::uint64_t until = std::min(chunk.count, call.stride());
    for (;;) {
        try {
            for (; k - chunk.first < until && !call.is_beyond(k); ++k) {
                const std::uint64_t first = k * size;
                const std::uint64_t count = std::min(size, items - first);
                index = access.index(first);
                Context context(call, k, index, seed, attempt);
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
                ran.finished += items_of(access, k, count);
                attempt = running.attempt();
            }
            if (until == chunk.count || call.is_beyond(k)) {
                return ran;
            }
        } catch (...) {
            const std::uint64_t first = k * size;
            const std::uint64_t count = std::min(size, items - first);
            const Running::Fate fate = recover(running, access, k, index, first, count, attempt, lose);
            if (fate == Running::Fate::ends) {
                return ran;
            }
            if (fate == Running::Fate::again) {
                ++attempt;
            } else {
                ran.lost += items_of(access, k, count);
                ++k;
                attempt = running.attempt();
            }
        }
        // Out of the way of tasks that throw: an error of the call's own is not theirs.
        if (k - chunk.first == until) {
            until = call.look(until, chunk.count);
        }
    }
}

// Items in hand, in order from `first`.
template <typename Item>
struct Held {
    std::uint64_t first = 0;
    std::vector<Item> items;
    std::span<const std::byte> sent = {};  // the same as bytes, where a failed task may be tried again

    void open(std::uint64_t /*first*/, std::uint64_t /*count*/) const noexcept {}
    [[nodiscard]] std::uint64_t end() const noexcept { return first + items.size(); }
    [[nodiscard]] Item&& item(std::uint64_t k) {
        return std::move(items[static_cast<std::size_t>(k - first)]);
    }
    [[nodiscard]] Index index(std::uint64_t k) const noexcept { return k; }

    // Reads the items from what was sent.
    void unpack_sent(std::uint64_t count) {
        items.clear();
        Reader reader(sent);
        for (std::uint64_t i = 0; i < count; ++i) {
            items.push_back(unpack<Item>(reader));
        }
    }
    // A task moves from its items. This makes them what they were.
    void restore() { unpack_sent(items.size()); }
    // The items as bytes.
    [[nodiscard]] Bytes saved(std::uint64_t from, std::uint64_t count) {
        restore();
        Bytes bytes;
        for (std::uint64_t k = from; k < from + count; ++k) {
            pack<Item>(bytes, items[static_cast<std::size_t>(k - first)]);
        }
        return bytes;
    }
};

// Runs a unit that failed in an earlier pass.
template <typename In, typename Body, typename Keep, typename Lose = NoHook>
Ran run_failed(Running& running, In& input, std::uint64_t size, const FailedUnit& failed, Body& body,
               const Keep& keep, const Lose& lose = {}) {
    if constexpr (In::shipped) {
        Held<typename In::Item> held{failed.unit * size, {}, failed.items};
        guarded(running.call(), [&] { held.unpack_sent(failed.failure.items); });
        return held.items.empty()
                   ? Ran{}
                   : run_units(running, held, held.end(), size, {failed.unit, 1}, body, keep, lose);
    } else {
        return run_units(running, input, input.count(), size, {failed.unit, 1}, body, keep, lose);
    }
}

// Runs what a pass has to do on this rank, for tasks whose results stay with it. `run_next` runs a chunk and returns what
// became of it, or nothing if there is none. After each chunk calls `after_chunk`, which may throw as a task may.
template <typename RunNext, typename AfterChunk>
void run_pass(Running& running, const RunNext& run_next, const AfterChunk& after_chunk) {
    Call& call = running.call();
    while (const std::optional<Ran> ran = run_next()) {
        guarded(call, after_chunk);
        call.finished(ran->finished);
    }
}

// Claims units and runs them.
template <typename Access, typename Body, typename AfterChunk>
void run_claimed(Running& running, Access& access, std::uint64_t size, Body& body,
                 const AfterChunk& after_chunk) {
    const std::uint64_t items = access.count();
    const auto ignore = [](std::uint64_t, Nothing&&) {};
    const auto run_next = [&]() __attribute__((always_inline))->std::optional<Ran> {
        const auto chunk = running.claim();
        return chunk ? std::optional(run_units(running, access, items, size, *chunk, body, ignore))
                     : std::nullopt;
    };
    run_pass(running, run_next, after_chunk);
}

// Runs again what failed.
template <typename In, typename Body, typename AfterChunk>
void run_failed_again(Running& running, In& input, std::uint64_t size, Body& body,
                      const AfterChunk& after_chunk) {
    const auto ignore = [](std::uint64_t, Nothing&&) {};
    const auto run_next = [&]() -> std::optional<Ran> {
        const FailedUnit* failed = running.next_failed();
        return failed ? std::optional(run_failed(running, input, size, *failed, body, ignore)) : std::nullopt;
    };
    run_pass(running, run_next, after_chunk);
}

// What the root does with the result of unit k, and with the news that there is none.
template <typename Take, typename Lose>
class Receiver {
  public:
    Receiver(Take take, Lose lose) : take_(std::move(take)), lose_(std::move(lose)) {}
    template <typename R>
    void operator()(std::uint64_t k, R&& result) {
        take_(k, std::forward<R>(result));
    }
    void lost(std::uint64_t k) { lose_(k); }

  private:
    Take take_;
    Lose lose_;
};

// On the root, in a stream: hands results to deliver(k, result), until it throws.
template <typename R, typename Deliver>
class Delivery {
  public:
    Delivery(Call& call, Deliver& deliver) : call_(call), deliver_(deliver) {}

    [[gnu::always_inline]] void operator()(std::uint64_t k, R&& result) {
        if (call_.is_beyond(0)) {
            return;  // the call has failed: what still comes is not wanted
        }
        try {
            deliver_(k, std::move(result));
        } catch (...) {
            call_.fail(k, no_index, std::current_exception());
        }
    }
    void lost(std::uint64_t k) {
        if constexpr (requires { deliver_.lost(k); }) {
            if (!call_.is_beyond(0)) {
                guarded(call_, [&] { deliver_.lost(k); });
            }
        }
    }
    // Takes in a block of another rank, or that a unit is lost.
    void take(const Frame& frame) {
        if (frame.header.kind == Frame::Kind::lost) {
            lost(frame.header.a);
            return;
        }
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

// The same where results go to the root, which hands each to deliver(k, result): run_next(keep, lose).
template <typename R, typename RunNext, typename Deliver>
void run_stream_pass(Running& running, const RunNext& run_next, Deliver& deliver) {
    Call& call = running.call();
    Stream stream(call);
    if (call.team().rank() == 0) {
        Delivery<R, Deliver> delivery(call, deliver);
        const auto receive = [&] { return stream.receive([&](int, Frame& frame) { delivery.take(frame); }); };
        running.serve_with(receive);
        Pulse pulse(results_wait);
        const auto keep = [&](std::uint64_t k, R&& result) {
            delivery(k, std::move(result));
            if (pulse.due()) {
                receive();
            }
        };
        const auto lose = [&](std::uint64_t k) { delivery.lost(k); };
        while (const std::optional<Ran> ran = run_next(keep, lose)) {
            call.finished(ran->finished);
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
        const auto keep = [&](std::uint64_t k, R&& result) { writer.add(k, std::move(result)); };
        const auto lose = [&](std::uint64_t k) { stream.send(0, {.kind = Frame::Kind::lost, .a = k}); };
        while (const std::optional<Ran> ran = run_next(keep, lose)) {
            call.finished(ran->finished);
            writer.send_if_late();
        }
        running.serve_with(nullptr);
        writer.send(true);
        stream.flush();
    }
    running.serve_with(nullptr);
}

// Claims units and runs them; results go to the root.
template <typename R, typename Access, typename Body, typename Deliver>
void run_claimed_stream(Running& running, Access& access, Body& body, Deliver& deliver) {
    const std::uint64_t items = access.count();
    const auto run_next = [&](const auto& keep, const auto& lose) __attribute__((always_inline))
                              ->std::optional<Ran> {
        const auto chunk = running.claim();
        return chunk ? std::optional(run_units(running, access, items, 1, *chunk, body, keep, lose))
                     : std::nullopt;
    };
    run_stream_pass<R>(running, run_next, deliver);
}

// Runs again what failed; results go to the root.
template <typename R, typename In, typename Body, typename Deliver>
void run_failed_stream(Running& running, In& input, Body& body, Deliver& deliver) {
    const auto run_next = [&](const auto& keep, const auto& lose) -> std::optional<Ran> {
        const FailedUnit* failed = running.next_failed();
        return failed ? std::optional(run_failed(running, input, 1, *failed, body, keep, lose))
                      : std::nullopt;
    };
    run_stream_pass<R>(running, run_next, deliver);
}

}  // namespace cohort::detail

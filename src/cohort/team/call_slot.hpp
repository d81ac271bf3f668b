// What the ranks of a node share during one call.
//
// Two slots in the node's window serve every call of a team in turn. Nobody waits to reset one: when the last rank of
// a node finishes call n, every rank has left call n - 1, so it resets that call's slot for call n + 1 before it lets
// anyone go. See design.md's "finished" and "end".
#pragma once

#include <cohort/plan/schedule.hpp>
#include <cohort/team/failure.hpp>
#include <cohort/team/spin_lock.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cohort::detail {

inline constexpr std::size_t cache_line = 64;

// A batch in the log: tickets [first_ticket, end_ticket) are its chunks. Whoever has `ask_ticket` fetches the next batch:
// end_ticket, the first that finds this one empty, or one before it, where the answer takes long.
struct LogEntry {
    std::uint64_t first_ticket = 0;
    std::uint64_t end_ticket = 0;
    std::uint64_t ask_ticket = 0;
    Batch batch;
};

// How a call ended, as far as a node knows: the lowest hit or failure.
struct Verdict {
    enum class Kind : std::uint32_t { none, hit, failure, interrupted };

    Kind kind = Kind::none;
    std::int32_t rank = 0;
    std::uint64_t grain = no_index;
    Failure failure;
};

// Figures of a call, summed over the ranks that have finished it.
struct Totals {
    std::uint64_t items = 0;
    std::int64_t busy = 0;          // ns
    std::int64_t waiting = 0;       // ns
    std::int64_t longest_busy = 0;  // ns
    std::int64_t stop_latency = 0;  // ns, the longest
    std::int64_t wall = 0;          // ns, the longest
    std::int32_t slowest_rank = 0;
    std::int32_t ranks = 0;

    // Of other ranks, at the same time.
    void add(const Totals& other) noexcept;
    // Of the same ranks, at another time.
    void append(const Totals& other) noexcept;
};

// What a rank leaves for the end of a call, or all find there: a few partial results.
struct Parting {
    static constexpr std::size_t capacity = 512;

    std::uint32_t bytes = 0;
    std::array<std::byte, capacity> data{};

    // False, and nothing is kept, if there is no room.
    bool put(std::span<const std::byte> value) noexcept;
    [[nodiscard]] std::span<const std::byte> get() const noexcept { return std::span(data).first(bytes); }
};

// One rank's lines: only it writes them, but for the reset.
struct alignas(cache_line) RankSlot {
    std::atomic<std::uint64_t> items;
    std::atomic<std::uint32_t> waiting;  // or has left
    Totals totals;
    Parting parting;
};

// Written rarely and read always, each on lines of its own, away from the ticket that every claim writes.
struct alignas(cache_line) CallSlot {
    // More than any schedule makes: see next_batch in plan/schedule.hpp.
    static constexpr std::size_t log_capacity = 1024;

    alignas(cache_line) std::atomic<std::uint64_t> ticket;

    alignas(cache_line) std::atomic<std::uint64_t> published;  // entries of the log
    std::atomic<std::uint32_t> closed;                         // no more will come

    alignas(cache_line) std::atomic<std::uint64_t> horizon;  // grains from here on need no work

    alignas(cache_line)
        std::atomic<std::uint64_t> granted;   // coordinator's node: grains given out after first batches
    std::atomic<std::uint64_t> delivered;     // root's node, streams: items consumed
    std::atomic<std::int64_t> measured_time;  // ns
    std::atomic<std::uint64_t> measured_grains;
    std::atomic<std::int64_t> round_trip;  // ns, of an ask: the last few, smoothed; kept from call to call

    alignas(cache_line) std::atomic<std::uint32_t> finished;  // ranks of the node
    std::atomic<std::uint64_t> ended;  // number of the call, once it is over everywhere
    SpinLock verdict_lock;
    std::atomic<std::uint32_t> given_up;   // a rank has taken on to end the job
    std::atomic<std::int64_t> stopped_at;  // ns, when the horizon was first lowered here
    Verdict verdict;
    Totals totals;
    std::atomic<std::uint32_t> unjoined;  // some rank's parting had no room
    bool is_joined;
    Parting joined;

    std::array<LogEntry, log_capacity> log;

    // Local. Makes the slot ready for its next call.
    void reset() noexcept;
};

// The time on a clock that all ranks of a node share, in ns.
[[nodiscard]] std::int64_t node_clock() noexcept;

}  // namespace cohort::detail

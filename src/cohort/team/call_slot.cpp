#include <cohort/team/call_slot.hpp>

#include <algorithm>
#include <chrono>

namespace cohort::detail {

void Totals::add(const Totals& other) noexcept {
    if (ranks == 0 || (other.ranks > 0 && other.longest_busy > longest_busy)) {
        slowest_rank = other.slowest_rank;
    }
    items += other.items;
    busy += other.busy;
    waiting += other.waiting;
    longest_busy = std::max(longest_busy, other.longest_busy);
    stop_latency = std::max(stop_latency, other.stop_latency);
    wall = std::max(wall, other.wall);
    ranks += other.ranks;
}

void Totals::append(const Totals& other) noexcept {
    if (other.longest_busy > longest_busy) {
        slowest_rank = other.slowest_rank;
    }
    items += other.items;
    busy += other.busy;
    waiting += other.waiting;
    longest_busy += other.longest_busy;
    wall += other.wall;
    stop_latency = std::max(stop_latency, other.stop_latency);
}

bool Parting::put(std::span<const std::byte> value) noexcept {
    if (value.size() > capacity) {
        return false;
    }
    std::copy(value.begin(), value.end(), data.begin());
    bytes = static_cast<std::uint32_t>(value.size());
    return true;
}

void CallSlot::reset() noexcept {
    ticket.store(0, std::memory_order_relaxed);
    published.store(0, std::memory_order_relaxed);
    closed.store(0, std::memory_order_relaxed);
    horizon.store(no_index, std::memory_order_relaxed);
    granted.store(0, std::memory_order_relaxed);
    delivered.store(0, std::memory_order_relaxed);
    measured_time.store(0, std::memory_order_relaxed);
    measured_grains.store(0, std::memory_order_relaxed);
    finished.store(0, std::memory_order_relaxed);
    given_up.store(0, std::memory_order_relaxed);
    stopped_at.store(0, std::memory_order_relaxed);
    verdict = Verdict{};
    unjoined.store(0, std::memory_order_relaxed);
    is_joined = false;
    totals = Totals{};
    // `ended` keeps the number of the slot's last call, which only ever grows, and `round_trip` what it learnt.
}

std::int64_t node_clock() noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace cohort::detail

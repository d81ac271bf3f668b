// How evenly a call kept its ranks busy.
#pragma once

#include <algorithm>
#include <cstdint>

namespace cohort {

// The figures of one call, the same on every rank. Times are in seconds.
struct Balance {
    std::uint64_t items = 0;  // finished
    int ranks = 1;
    double wall_time = 0;     // from the first rank's entry to the last one's leaving
    double serial_time = 0;   // summed over ranks: inside the call and not waiting
    double waiting_time = 0;  // summed over ranks: inside the call with nothing to do
    double slowest_time = 0;  // of the rank that was busy longest
    int slowest_rank = 0;
    double stop_latency =
        0;  // searches: from the hit to the moment the last rank had stopped; 0 without a hit

    [[nodiscard]] double speed_up() const noexcept { return wall_time > 0 ? serial_time / wall_time : 0; }
    [[nodiscard]] double efficiency() const noexcept { return ranks > 0 ? speed_up() / ranks : 0; }
};

// Local. The figures of two calls, one after the other, as those of one. The slowest rank is that of the call in which one
// rank was busy longest.
[[nodiscard]] inline Balance merged(const Balance& first, const Balance& second) noexcept {
    Balance total = first.slowest_time >= second.slowest_time ? first : second;
    total.items = first.items + second.items;
    total.ranks = std::max(first.ranks, second.ranks);
    total.wall_time = first.wall_time + second.wall_time;
    total.serial_time = first.serial_time + second.serial_time;
    total.waiting_time = first.waiting_time + second.waiting_time;
    total.stop_latency = std::max(first.stop_latency, second.stop_latency);
    return total;
}

}  // namespace cohort

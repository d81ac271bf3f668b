// How evenly a call kept its ranks busy.
#pragma once

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

}  // namespace cohort

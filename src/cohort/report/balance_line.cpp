#include <cohort/report/balance_line.hpp>
#include <cohort/report/format.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cohort {

Balance whole_run(const Balance& calls, double wall_time, int ranks) noexcept {
    Balance total = calls;
    const double between = std::max(wall_time - calls.wall_time, 0.0);
    total.ranks = ranks;
    total.wall_time = std::max(wall_time, calls.wall_time);
    total.serial_time += between;
    total.waiting_time += between * (ranks - 1);
    return total;
}

std::string balance_line(const Balance& balance, std::string_view items) {
    const std::string work =
        fmt::format("{} {} in {}", grouped(balance.items), items, duration(balance.wall_time));
    if (balance.ranks <= 1) return work + " on 1 rank";
    return fmt::format(
        "{} on {} ranks: {} of work, speed-up {:.2f}, efficiency {}, slowest rank {} ({}), waiting {}", work,
        balance.ranks, duration(balance.serial_time), balance.speed_up(), percent(balance.efficiency()),
        balance.slowest_rank, duration(balance.slowest_time), duration(balance.waiting_time));
}

}  // namespace cohort

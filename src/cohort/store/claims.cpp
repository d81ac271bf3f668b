#include <cohort/store/claims.hpp>

#include <cohort/store/told.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/team_core.hpp>

#include <algorithm>
#include <array>

namespace cohort::detail {

Claims::Claims(TeamCore& team)
    : team_(&team),
      nodes_(static_cast<std::uint64_t>(team.nodes().count())),
      node_(static_cast<std::uint64_t>(team.nodes().mine)) {
    agree(team, [&] {
        memory_ = team.alone() ? SharedMemory::alone(sizeof(std::uint64_t))
                               : SharedMemory::over(team.node_transport(), sizeof(std::uint64_t),
                                                    "the places in a compressed file");
    });
}

std::atomic<std::uint64_t>& Claims::word() const noexcept {
    return *reinterpret_cast<std::atomic<std::uint64_t>*>(memory_.data());  // zeroed
}

std::uint64_t Claims::place_of(std::uint64_t claimed) const noexcept {
    const std::uint64_t since = claimed - origin_;
    return place_ + (since / turn * nodes_ + (nodes_ > 1 ? node_ : 0)) * turn + since % turn;
}

std::uint64_t Claims::take(std::uint64_t bytes) noexcept {
    if (nodes_ == 1) return place_of(word().fetch_add(bytes));
    std::uint64_t seen = word().load();
    std::uint64_t first = 0;
    do {
        const std::uint64_t used = (seen - origin_) % turn;
        first = used + bytes > turn ? seen + (turn - used) : seen;
    } while (!word().compare_exchange_weak(seen, first + bytes));
    return place_of(first);
}

std::uint64_t Claims::stop(std::uint64_t least) {
    barrier(*team_);  // nobody claims any more; nobody claims again before all have told what they read here
    stopped_ = word().load();
    const std::uint64_t end = stopped_ > origin_ ? place_of(stopped_ - 1) + 1 : 0;
    for (const std::uint64_t other : to_root<std::uint64_t>(*team_, std::array{end}))
        least = std::max(least, other);
    return least;
}

void Claims::start(std::uint64_t place) noexcept {
    origin_ = stopped_;
    place_ = place;
}

}  // namespace cohort::detail

// The line that every run ends with: how well its ranks were used.
#pragma once

#include <cohort/run/balance.hpp>

#include <string>
#include <string_view>

namespace cohort {

// Local. The figures of a whole run of `wall_time` seconds with these calls in it. Between calls one rank is
// taken to work and the others to wait, so efficiency is that of the run and not of its best part.
[[nodiscard]] Balance whole_run(const Balance& calls, double wall_time, int ranks) noexcept;

// Local. "1_000_000 darts in 1.24 s on 8 ranks: 9.4 s of work, speed-up 7.6, efficiency 95 %, ...", without a
// newline.
[[nodiscard]] std::string balance_line(const Balance& balance, std::string_view items = "items");

}  // namespace cohort

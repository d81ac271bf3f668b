// Figures as people read them.
//
// Whole numbers are grouped with underscores, which every cohort program reads back and no language takes for
// a point.
#pragma once

#include <cstdint>
#include <string>

namespace cohort {

// Local. 1_000_000; numbers of four digits stay whole.
[[nodiscard]] std::string grouped(std::uint64_t value);

// Local. A time in seconds: "16 ns", "35 us", "850 ms", "1.24 s", "3 min 12 s", "2 h 05 min", "3 d 4 h".
[[nodiscard]] std::string duration(double seconds);

// Local. "512 bytes", "1.5 MiB".
[[nodiscard]] std::string byte_size(std::uint64_t bytes);

// Local. A figure with its power of a thousand, for rates: "850", "1.24 M".
[[nodiscard]] std::string short_number(double value);

// Local. A share between 0 and 1: "97 %", "4.2 %".
[[nodiscard]] std::string percent(double share);

}  // namespace cohort

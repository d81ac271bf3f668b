// What the MWC52 kernels take: the states at which their lanes begin, and the multiplier.
#pragma once

#include <cstdint>

namespace cohort::pi::mwc52 {

inline constexpr int bits = 52;
inline constexpr std::uint64_t multiplier = 0xCEF5BC8C35959;

inline constexpr std::uint64_t most_lanes = 48;

// The states of all lanes, part by part; mwc52.hpp says what they mean.
struct Lanes {
    alignas(64) std::uint64_t word[most_lanes];
    alignas(64) std::uint64_t next[most_lanes];
    alignas(64) std::uint64_t carry[most_lanes];
};

// Counts the darts inside: so many of each of its lanes.
struct Kernel {
    std::uint64_t (*count_inside)(const Lanes& lanes, std::uint64_t darts_of_each);
    std::uint64_t lanes;
};
extern const Kernel avx2;
extern const Kernel avx512;

}  // namespace cohort::pi::mwc52

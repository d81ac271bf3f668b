// Rounds: when to look at a result that is refined until it is good enough.
//
// A run that stops at a wanted error has to look at its result now and then. It must look at the same points on any
// number of ranks, or it would stop elsewhere and answer something else. So rounds are fixed beforehand: they end at 1, 2,
// 4, 8 grains, and from 16 on at 16, 19, 23 and 27 grains times every power of two. That is about four rounds per
// doubling, evenly spaced over the logarithm of the work, as convergence is plotted; and from 16 grains on less than a
// fifth of the work is done in vain.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace cohort {

// Local. Where the round that follows `done` items ends, in grains of `grain` items, above 0; or `most`, if that comes
// first.
[[nodiscard]] constexpr std::uint64_t round_end(std::uint64_t done, std::uint64_t most,
                                                std::uint64_t grain) noexcept {
    const std::uint64_t grains = done / grain;
    const std::uint64_t floor = std::bit_floor(grains);
    const std::uint64_t beyond = grains - floor;
    std::uint64_t next = std::max<std::uint64_t>(floor, 1);  // beyond `floor` too
    if (grains >= 16) {
        const std::uint64_t unit = floor / 16;
        const std::array<std::uint64_t, 4> steps = {3 * unit, 7 * unit, 11 * unit, floor};
        next = *std::upper_bound(steps.begin(), steps.end(), beyond);
    }
    const std::uint64_t further = next - beyond;
    return further > (most - done) / grain ? most : done + further * grain;
}

}  // namespace cohort

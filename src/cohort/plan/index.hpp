// Indices, and the ranges and grains made of them.
//
// Items are known by 64-bit indices and counted by 64-bit counts, so a range is a first index and a count:
// its end may be 2^64, which no 64-bit number can hold.
#pragma once

#include <cstdint>
#include <limits>

namespace cohort {

using Index = std::uint64_t;

// Larger than any index that a call works on.
inline constexpr Index no_index = std::numeric_limits<Index>::max();

// For intermediate results that 64 bits cannot hold.
__extension__ typedef unsigned __int128 Wide;

struct Range {
    Index first = 0;
    std::uint64_t count = 0;

    [[nodiscard]] constexpr bool empty() const noexcept { return count == 0; }
    // True if `index` lies in the range; right also where the range ends at 2^64.
    [[nodiscard]] constexpr bool contains(Index index) const noexcept {
        return index >= first && index - first < count;
    }
    friend constexpr bool operator==(const Range&, const Range&) = default;
};

}  // namespace cohort

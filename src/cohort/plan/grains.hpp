// Grains: the fixed runs of items that results are made of.
//
// A grain has its own partial result, and partial results are folded along a tree over grain numbers. So the
// size of a grain may depend on the problem, never on the ranks: that is what makes a result the same on any
// number of them.
#pragma once

#include <cohort/plan/index.hpp>

#include <algorithm>

namespace cohort {

// One grain: its number, and the items it covers.
struct Grain {
    std::uint64_t number = 0;
    Index first = 0;
    std::uint64_t count = 0;

    [[nodiscard]] constexpr Range items() const noexcept { return {first, count}; }
    friend constexpr bool operator==(const Grain&, const Grain&) = default;
};

// `items` items from `first` on, cut in grains of `size`; the last grain may be shorter. A `size` of 0 counts
// as 1.
struct Grains {
    std::uint64_t items = 0;
    std::uint64_t size = 1;
    Index first = 0;

    [[nodiscard]] constexpr std::uint64_t count() const noexcept {
        const std::uint64_t step = std::max<std::uint64_t>(size, 1);
        return items / step + (items % step != 0 ? 1 : 0);
    }
    // The grain with this number, which must be below count().
    [[nodiscard]] constexpr Grain operator[](std::uint64_t number) const noexcept {
        const std::uint64_t step = std::max<std::uint64_t>(size, 1);
        const std::uint64_t offset = number * step;
        return {number, first + offset, std::min(step, items - offset)};
    }
};

}  // namespace cohort

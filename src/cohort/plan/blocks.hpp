// Dividing items between parts, in blocks or in turn.
//
// Two ways that need no coordination at all, because each part can work out its own share: a block is one run
// of consecutive items, and block sizes differ by at most one; a cyclic share is dealt out in turn like
// cards. The parts are ranks when data are scattered, and the static schedules are made of them.
//
// Everything here is right for any 64-bit count, for more parts than items and for no items. There must be at
// least one part.
#pragma once

#include <cohort/plan/index.hpp>

#include <algorithm>

namespace cohort {

// Local. The items of `part` when `items` are divided over `parts` in blocks; the first items % parts blocks
// are one longer than the others. Empty where there are fewer items than parts.
[[nodiscard]] constexpr Range block(std::uint64_t items, std::uint64_t parts, std::uint64_t part) noexcept {
    const std::uint64_t size = items / parts;
    const std::uint64_t longer = items % parts;
    return {part * size + std::min(part, longer), size + (part < longer ? 1 : 0)};
}

// Local. The part whose block holds the item `index`, which must be below `items`.
[[nodiscard]] constexpr std::uint64_t part_of(std::uint64_t items, std::uint64_t parts,
                                              Index index) noexcept {
    const std::uint64_t size = items / parts;
    const std::uint64_t longer = items % parts;
    const Index first_shorter = longer * (size + 1);
    return index < first_shorter ? index / (size + 1) : longer + (index - first_shorter) / size;
}

// Local. The number of pieces of `part` when `items` are dealt to `parts` in turn, `size` items (at least 1)
// at a time.
[[nodiscard]] constexpr std::uint64_t cyclic_pieces(std::uint64_t items, std::uint64_t parts,
                                                    std::uint64_t part, std::uint64_t size = 1) noexcept {
    const std::uint64_t pieces = items / size + (items % size != 0 ? 1 : 0);
    return block(pieces, parts, part).count;
}

// Local. One of those pieces; `piece` must be below cyclic_pieces. Only the very last piece of all may be
// short.
[[nodiscard]] constexpr Range cyclic_piece(std::uint64_t items, std::uint64_t parts, std::uint64_t part,
                                           std::uint64_t piece, std::uint64_t size = 1) noexcept {
    const Index first = (piece * parts + part) * size;
    return {first, std::min(size, items - first)};
}

// Local. The part that is dealt the item `index`.
[[nodiscard]] constexpr std::uint64_t cyclic_part_of(std::uint64_t parts, Index index,
                                                     std::uint64_t size = 1) noexcept {
    return index / size % parts;
}

}  // namespace cohort

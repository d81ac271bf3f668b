// Darts thrown at a square, and how many of them hit the disc in it.
//
// The rule is all integer, so that every kernel on every machine counts the same darts: dart i takes X and Y,
// two signed 32-bit integers, from words 2i and 2i + 1 of the seed's Philox4x32-10 sequence; it is inside if
// X*X + Y*Y < 2^62.
//
// The sequence is that of blocks 0, 1, 2, ...: the key is the seed, low half first, the counter {block, block
// >> 32, 0, 0}. So dart i is the words 0 and 1 of block i / 2, or 2 and 3 if i is odd, and any run of darts
// can be counted by itself. The lattice of 2^32 x 2^32 points is fine enough that what it adds to the error
// is below 1e-15 of pi.
#pragma once

#include <cohort/plan/index.hpp>
#include <cohort/plan/seed.hpp>
#include <common/isa.hpp>

#include <cstdint>

namespace cohort::pi {

// Local. How many of the darts are inside. The range may end at 2^64.
[[nodiscard]] std::uint64_t count_inside(Range darts, Seed seed, Isa isa);

}  // namespace cohort::pi

// Darts thrown at a square, and how many of them hit the disc in it.
//
// A dart is a pure function of the generator, the seed and the dart's index, so any run of darts can be counted by
// itself. All rules are integer, so that every kernel on every machine counts the same darts; docs/random-numbers.md
// states them beside what is known of the generators.
//
// philox4x32-10: dart i takes X and Y, two signed 32-bit integers, from words 2i and 2i + 1 of the seed's sequence; it
// is inside if X*X + Y*Y < 2^62. The sequence is that of blocks 0, 1, 2, ...: the key is the seed, low half first, the
// counter {block, block >> 32, 0, 0}. The lattice of 2^32 x 2^32 points adds less than 1e-15 to the error of pi.
//
// mwc52: dart i takes X and Y, two unsigned 52-bit integers, from words 2i and 2i + 1 of the seed's sequence
// (mwc52.hpp); it is inside if floor(X*X / 2^52) + floor(Y*Y / 2^52) < 2^52. That adds less than 3e-15 to the error of
// pi.
#pragma once

#include <cohort/plan/index.hpp>
#include <cohort/plan/seed.hpp>
#include <common/isa.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cohort::pi {

// Where darts come from: a counter-based generator that most libraries have, or the fastest.
enum class Generator { philox4x32_10, mwc52 };
inline constexpr std::array<Generator, 2> generators = {Generator::philox4x32_10, Generator::mwc52};

// "philox4x32-10" or "mwc52".
[[nodiscard]] std::string_view name(Generator generator) noexcept;

// Local. The generator of that name, if there is one.
[[nodiscard]] std::optional<Generator> generator_named(std::string_view wanted) noexcept;

// Local. How many of the darts are inside. The range may end at 2^64. To begin costs about a microsecond.
[[nodiscard]] std::uint64_t count_inside(Range darts, Seed seed, Generator generator, Isa isa);

}  // namespace cohort::pi

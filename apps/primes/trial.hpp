// The smallest factor of one 64-bit number by trial division.
//
// Candidates are 2, 3, 5 and the numbers that have no factor in common with 30: 8 in a turn of 30. A range of them is
// looked through by itself, so that a search over grains can use all ranks and end early.
//
// d divides n if n / d is whole, and the quotients of neighbouring candidates hardly differ. So nothing is divided: of
// the quotients of one residue, f(t) = n / (d + 30 t), only what is after the point is kept, as a 32-bit integer, and it
// is stepped through a block by a slope and a curvature, sums modulo 1 that cost one addition each. Where the result
// lies within 2^-16 of a whole number, which is rare, n % d decides. That never finds too much; and it misses nothing
// as long as a quotient is off by less than 2^-16. It is off by at most the sum of these, for a block of 2h turns from
// d on, stepped through from polynomials around its middle, with f' = 30 n / d^2, f'' = 60 f' / d, f''' = 90 f'' / d,
// f'''' = 120 f''' / d, all of which are largest at its first candidate:
//
//     f''' h^3 / 6                     what the parabola leaves out (Taylor; a cubic: f'''' h^4 / 24)
//     f'' k^2 / 16                     the slope is renewed every k turns: half the height of the curve over its chord
//     2^-33 (1 + 2h + h^2 / 2k)        rounding of value, slope, and curvature, to units of 2^-32 (the parabola has the
//                                      rounded curvature and is placed at its middle; a cubic: 2^-33 (1 + 2h +
//                                      (2h)^2 / 2 + (2h)^3 / 6))
//     2^-47 (1 + f' h)                 fewer than 20 roundings of doubles, relative to at most 3 f' h, as 30 h < d
//
// The value at the middle is exact before it is rounded: n = q d + r with q from a division in doubles, which is off by
// less than 1 as q < 2^50, and r an integer below 2 d, exactly. The sum is computed for each stretch of a range (error
// in trial.cpp) and the longest block taken for which it is small enough: near the root of n = 2^64 that is 1024 turns
// with k = 8. Below 4 million or so, for the largest n, no block is long enough, and quotients are divided in doubles.
//
// Cost per turn: 2 + 1/k vector operations of 32-bit integers (k = 1: 3; a cubic: 4), none of them a multiplication, and
// 3 to 4 for every 8 turns; two turns at a time by AVX-512. The middle of a block costs some 60 more.
#pragma once

#include <cohort/plan/index.hpp>
#include <common/isa.hpp>

#include <functional>
#include <optional>

namespace cohort::primes {

// Local. The largest number whose square is not above n.
[[nodiscard]] std::uint64_t root(std::uint64_t n) noexcept;

// Local. How many candidates there are from 2 to `last`.
[[nodiscard]] std::uint64_t candidates_to(std::uint64_t last) noexcept;

struct Trial {
    std::optional<std::uint64_t> factor;
    std::uint64_t tried = 0;  // candidates, up to and with the factor
};

// Local. The smallest candidate in `range` that divides n. The range ends at 2^32 at the latest. Asks `stop` every few
// tens of microseconds, and gives up if that is true. The same on every path that can_run.
[[nodiscard]] Trial smallest_factor_in(std::uint64_t n, Range range, const std::function<bool()>& stop,
                                       Isa isa);

}  // namespace cohort::primes

// The smallest factor of one 64-bit number by trial division.
//
// Candidates are 2, 3, 5 and the numbers that have no factor in common with 30: 8 in 30. A range of them is
// looked through by itself, so that a search over grains can use all ranks and end early.
//
// n is divided by d in doubles: the quotient is a candidate q, and d divides n if q * d == n, which is exact.
// For d from 2^14 on the quotient is below 2^50, where two roundings move it by less than 1/4, so that it
// rounds to the true one if that is whole. Smaller candidates are divided as integers.
// Cost per candidate: a division, a multiplication, and four cheaper operations.
#pragma once

#include <cohort/plan/index.hpp>

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

// Local. The smallest candidate in `range` that divides n. The range lies between 2 and 2^32. Asks `stop` every
// few tens of microseconds, and gives up if that is true.
[[nodiscard]] Trial smallest_factor_in(std::uint64_t n, Range range, const std::function<bool()>& stop);

}  // namespace cohort::primes

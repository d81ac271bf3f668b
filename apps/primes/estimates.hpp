// About how many primes there are, and about what sieving for them costs.
//
// Good enough to begin the search for the nth prime next to it, and to tell a user beforehand what cannot be
// done. No answer depends on it.
#pragma once

#include <cohort/plan/index.hpp>

namespace cohort::primes {

inline constexpr std::uint64_t primes_below_2_64 = 425'656'284'035'217'743U;

// Local. About how many primes there are up to x: the first two terms of Riemann's formula, li(x) - li(sqrt(x))
// / 2, which are off by less than sqrt(x) / log(x) as far as anyone has counted.
[[nodiscard]] double about_primes_to(double x) noexcept;

// Local. About how many primes the range has.
[[nodiscard]] double about_primes_in(Range numbers) noexcept;

// Local. About the nth prime, at least 2 and below 2^64.
[[nodiscard]] std::uint64_t about_nth_prime(std::uint64_t n) noexcept;

// Local. About how many seconds of one core it takes to sieve the range: 1.0 s for 10^10 numbers from 0 on, 4.8 s
// at 10^18, as measured with primesieve 11 on a Xeon at 3.8 GHz.
[[nodiscard]] double seconds_to_sieve(Range numbers) noexcept;

// Local. How many numbers are sieved in the time that it takes to start the sieve for a range that ends at `end`: 1.4
// times the root of a large end, more for a small one. Measured with primesieve 11 from 10^10 to 10^18.
[[nodiscard]] double numbers_to_start_sieve(double end) noexcept;

// Local. About how many seconds of one core it takes to count the range by counting up to both its ends without
// sieving (combinatorial.hpp): 1.3 s up to 10^15, 21 s up to 10^17, as measured with primecount 7.6 on the same
// machine. It grows with x^(2/3) / log(x)^2.
[[nodiscard]] double seconds_to_count_combinatorially(Range numbers) noexcept;

}  // namespace cohort::primes

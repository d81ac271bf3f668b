// From darts to pi: the estimate, its error, and when to look at them.
//
// A run that stops at a wanted error has to look at its count now and then. It must look at the same counts
// on any number of ranks, or it would stop elsewhere and answer something else. So the rounds it goes through
// are fixed: they end at 1, 2, 4, 8 grains and from 16 on at 16, 19, 23 and 27 grains times every power of
// two. That is about four rounds per doubling, evenly spaced over the logarithm of darts, as convergence is
// plotted; and from 16 grains on less than a fifth of the darts are thrown in vain.
#pragma once

#include <cstdint>

namespace cohort::pi {

// Darts in a grain: 0.2 ms of one core with AVX-512, 1.2 ms in the portable kernel.
inline constexpr std::uint64_t grain_darts = std::uint64_t{1} << 18;

// Darts that a wanted error may take unless the user names a cap.
inline constexpr std::uint64_t default_cap = 10'000'000'000'000;

// What is known after a round.
struct Round {
    std::uint64_t darts = 0;
    std::uint64_t inside = 0;
};

struct Estimate {
    double pi = 0;
    double standard_error = 0;  // of pi, absolute
};

// Local. What `inside` of `darts` darts, at least one, say. The share p of darts inside is binomial, so the
// error is 4 sqrt(p (1 - p) / darts), where none or all are inside with p = (inside + 1) / (darts + 2), by
// Laplace's rule.
[[nodiscard]] Estimate estimate(std::uint64_t inside, std::uint64_t darts) noexcept;

// Local. About how many darts a standard error of `error`, above 0, takes: (1.6422 / error)^2.
[[nodiscard]] double darts_for(double error) noexcept;

// Local. Where the round that follows `done` darts ends, or `most` if that comes first.
[[nodiscard]] std::uint64_t round_end(std::uint64_t done, std::uint64_t most) noexcept;

}  // namespace cohort::pi

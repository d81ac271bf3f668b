// From darts to pi: the estimate, its error, and what an error takes.
#pragma once

#include <cohort/plan/moments.hpp>

#include <cstdint>

namespace cohort::pi {

// Darts in a grain: 0.2 ms of one core with AVX-512, 1.2 ms in the portable kernel.
inline constexpr std::uint64_t grain_darts = std::uint64_t{1} << 18;

// Darts that a wanted error may take unless the user names a cap.
inline constexpr std::uint64_t default_cap = 10'000'000'000'000;

// Local. Pi, four times the share of darts inside, from an estimate of the share: errors are absolute.
[[nodiscard]] Estimate pi_of(const Estimate& share) noexcept;

// Local. About how many darts a standard error of `error`, above 0, takes: (1.6422 / error)^2.
[[nodiscard]] double darts_for(double error) noexcept;

}  // namespace cohort::pi

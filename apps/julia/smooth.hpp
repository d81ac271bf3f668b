// Escape counts made continuous.
//
// Whole counts jump from one to the next; where z was when it left gives the fraction between them: n + 1 - log2(log2 |z|),
// continuous where n changes, the better the farther out z is, so it is taken four steps further first. The logarithms
// are made of additions, multiplications and divisions of IEEE doubles in a fixed order and not taken from the library,
// whose last bits differ between machines; so smooth counts are the same bits wherever counts are.
//
// Source of the smooth count: Vepstas, "Renormalizing the Mandelbrot Escape" (1997).
#pragma once

#include <julia/kernel.hpp>

#include <complex>
#include <cstdint>
#include <span>

namespace cohort::julia {

// Local. The smooth count of a point that left at z, |z| >= 2, after n steps. To 1e-6.
[[nodiscard]] double smooth_count(std::uint32_t n, std::complex<double> z, std::complex<double> c) noexcept;

// Local. The smooth counts of pixels, from what count_steps says of them; NaN where a pixel never left, since it has none:
// plots leave such pixels out, and no number is taken for one.
void smooth_counts(const View& view, std::span<const std::uint32_t> counts,
                   std::span<const std::complex<double>> ends, std::span<float> smooth) noexcept;

}  // namespace cohort::julia

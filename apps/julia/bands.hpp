// Bands: the runs of whole rows that a picture is computed in.
//
// A band is an item, so its height may depend on the picture but never on the ranks. It is small enough that
// hundreds of them even out over the ranks, the inside being a hundred times dearer than the outside, and that
// none takes long; and large enough that its lanes are full nearly all the time.
#pragma once

#include <cohort/plan/grains.hpp>
#include <julia/kernel.hpp>

#include <algorithm>

namespace cohort::julia {

// Local. The rows of a view in bands, as grains of rows.
[[nodiscard]] inline Grains bands_of(const View& view) noexcept {
    constexpr std::uint64_t most_pixels = 1 << 16;
    constexpr std::uint64_t most_steps = 1 << 26;  // 20 ms of one core with AVX-512
    constexpr std::uint64_t least_bands = 256;
    const std::uint64_t rows = std::min(
        {most_pixels / view.width, most_steps / (view.width * view.max_iter), view.height / least_bands});
    return {.items = view.height, .size = std::max<std::uint64_t>(rows, 1)};
}

}  // namespace cohort::julia

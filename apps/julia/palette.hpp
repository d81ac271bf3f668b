// From steps to colours.
//
// The square root of the smooth count (smooth.hpp), which is about even over what a picture shows, runs through a palette
// that closes on itself. What never left is nearly black.
#pragma once

#include <julia/kernel.hpp>

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cohort::julia {

using Colour = std::array<std::uint8_t, 3>;  // red, green, blue, as sRGB

// The palettes there are, the default first.
[[nodiscard]] std::vector<std::string_view> palette_names();

class Colours {
  public:
    // Throws UsageError if there is no palette of that name.
    explicit Colours(std::string_view name);

    // Local. The colours of pixels, three bytes each, from what count_steps says of them.
    void paint(const View& view, std::span<const std::uint32_t> counts,
               std::span<const std::complex<double>> ends, std::span<std::uint8_t> rgb) const;

    // Local. The colours of 256 counts, spread evenly from 0 to max_iter, which is the last one.
    [[nodiscard]] std::array<Colour, 256> table(std::uint32_t max_iter) const;

  private:
    [[nodiscard]] const Colour& at(double smooth_count) const noexcept;

    static constexpr std::size_t size = 4096;
    std::vector<Colour> round_;  // once through the palette
    Colour inside_;
};

}  // namespace cohort::julia

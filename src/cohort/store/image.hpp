// A picture in an HDF5 file: a grid that HDFView, h5py and others show as an image.
//
// It follows the HDF5 Image and Palette Specification 1.2: an indexed image with a palette of 256 colours, over which
// viewers spread the values from 0 to `most`.
#pragma once

#include <cohort/store/grid.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <string>

namespace cohort {

using Palette = std::array<std::array<std::uint8_t, 3>, 256>;  // red, green, blue

namespace detail {

void describe_image(File& file, const Dataset& image, const Palette& palette, std::uint64_t most);

}  // namespace detail

// `height` rows of `width` values of T, row 0 at the top. The file must outlive it.
template <Number T>
    requires std::unsigned_integral<T>
class Image : public Grid<T> {
  public:
    // Collective. Values are from 0 to `most`. Throws as a Grid does.
    Image(File& file, const std::string& name, std::uint64_t height, std::uint64_t width,
          const Palette& palette, std::uint64_t most, const Layout& layout = {})
        : Grid<T>(file, name, height, width, layout) {
        detail::describe_image(file, this->dataset(), palette, most);
    }
};

}  // namespace cohort

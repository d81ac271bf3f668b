// A picture in an HDF5 file: a dataset of rows and columns that HDFView, h5py and others show as an image.
//
// It follows the HDF5 Image and Palette Specification 1.2: an indexed image with a palette of 256 colours, over which
// viewers spread the values from 0 to `most`. Its axes are dimension scales, as the HDF5 Dimension Scale Specification
// has them, so plots get coordinates.
#pragma once

#include <cohort/store/dataset.hpp>
#include <cohort/store/file.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace cohort {

using Palette = std::array<std::array<std::uint8_t, 3>, 256>;  // red, green, blue

namespace detail {

[[nodiscard]] Dataset create_image(File& file, const std::string& name, hid_t type, std::uint64_t height,
                                   std::uint64_t width);
void describe_image(Dataset& image, const std::string& name, const Palette& palette, std::uint64_t most);
void add_scale(Dataset& image, unsigned dimension, const std::string& name, std::span<const double> values);

}  // namespace detail

// `height` rows of `width` values of T, row 0 at the top. The file must outlive it.
template <typename T>
class Image {
  public:
    // Collective. Values are from 0 to `most`. Throws StoreError on every rank, also where the disk has no room.
    Image(File& file, const std::string& name, std::uint64_t height, std::uint64_t width,
          const Palette& palette, std::uint64_t most)
        : dataset_(detail::create_image(file, name, detail::native_type<T>(), height, width)) {
        detail::describe_image(dataset_, name, palette, most);
    }

    [[nodiscard]] std::uint64_t height() const { return dataset_.size(0); }
    [[nodiscard]] std::uint64_t width() const { return dataset_.size(1); }

    // Collective. Writes coordinates of the columns (`x`, `width` of them) and of the rows (`y`, `height` of them), with the
    // names of their datasets.
    void set_axes(const std::string& x_name, std::span<const double> x, const std::string& y_name,
                  std::span<const double> y) {
        detail::add_scale(dataset_, 1, x_name, x);
        detail::add_scale(dataset_, 0, y_name, y);
    }

    // Local. Whole rows from `first` on. Any rank may write any rows, each once.
    void write_rows(std::uint64_t first, std::span<const T> rows) {
        dataset_.write({first, 0}, {rows.size() / width(), width()}, detail::native_type<T>(), rows.data());
    }

  private:
    detail::Dataset dataset_;
};

}  // namespace cohort

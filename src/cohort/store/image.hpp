// A picture in an HDF5 file: a dataset of rows and columns that HDFView, h5py and others show as an image.
//
// It follows the HDF5 Image and Palette Specification 1.2: an indexed image with a palette of 256 colours, over which
// viewers spread the values from 0 to `most`. Its axes are dimension scales, as the HDF5 Dimension Scale Specification
// has them, so plots get coordinates. An HDF5 chunk holds whole rows, about a MiB of them: a rank's rows are then one
// piece of the file, and a part of the picture can be read without the rest.
#pragma once

#include <cohort/run/sink.hpp>
#include <cohort/store/dataset.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/number_type.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cohort {

using Palette = std::array<std::array<std::uint8_t, 3>, 256>;  // red, green, blue

namespace detail {

[[nodiscard]] Dataset create_image(File& file, const std::string& name, NumberType type, std::uint64_t height,
                                   std::uint64_t width);
void describe_image(File& file, const Dataset& image, const Palette& palette, std::uint64_t most);
void add_scale(File& file, const Dataset& image, unsigned dimension, const std::string& name,
               std::span<const double> values);
[[nodiscard]] std::uint64_t rows_of(const Dataset& image, std::uint64_t values);

}  // namespace detail

// `height` rows of `width` values of T, row 0 at the top. The file must outlive it.
template <Number T>
    requires std::unsigned_integral<T>
class Image : public Sink<std::vector<T>> {
  public:
    // Collective. Values are from 0 to `most`. Throws StoreError on every rank, also where the disk has no room.
    Image(File& file, const std::string& name, std::uint64_t height, std::uint64_t width,
          const Palette& palette, std::uint64_t most)
        : file_(&file), dataset_(detail::create_image(file, name, detail::number_type<T>(), height, width)) {
        detail::describe_image(file, dataset_, palette, most);
    }

    [[nodiscard]] std::uint64_t height() const { return dataset_.count(); }
    [[nodiscard]] std::uint64_t width() const { return dataset_.width(); }

    // Collective. Writes coordinates of the columns (`x`, `width` of them) and of the rows (`y`, `height` of them), with the
    // names of their datasets. What the root gives counts.
    void set_axes(const std::string& x_name, std::span<const double> x, const std::string& y_name,
                  std::span<const double> y) {
        detail::add_scale(*file_, dataset_, 1, x_name, x);
        detail::add_scale(*file_, dataset_, 0, y_name, y);
    }

    // Local. Whole rows from `first` on. Any rank may write any rows, each once. Throws StoreError, and UsageError for
    // rows that are not whole or not there.
    void write_rows(std::uint64_t first, std::span<const T> rows) {
        dataset_.write(first, detail::rows_of(dataset_, rows.size()), rows.data());
    }
    // Local. The same for rows that are the results of a call.
    void write(Index first, std::span<const std::vector<T>> rows) override {
        for (const std::vector<T>& row : rows) write_rows(first++, row);
    }

  private:
    File* file_;
    detail::Dataset dataset_;
};

}  // namespace cohort

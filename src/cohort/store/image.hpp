// A picture in an HDF5 file: rows of numbers, each written by the rank that has it.
//
//     cohort::Image<std::uint16_t> image = cohort::Image<std::uint16_t>::create(file, "iterations", {...});
//     image.write_rows(first_row, counts);      // any rank, any whole rows
//
// It follows the HDF5 Image and Palette Specification, so viewers show it in colour, and its axes are dimension scales, so
// readers know where a pixel lies. An HDF5 chunk holds whole rows, about a MiB of them, so that rows are written in one
// piece and a part of the picture can be read without the rest.
#pragma once

#include <cohort/run/sink.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/number_type.hpp>
#include <cohort/store/raster.hpp>

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cohort {

template <Number T>
    requires std::unsigned_integral<T>
class Image : public Sink<std::vector<T>> {
  public:
    // Collective. Makes an image of `layout.height` rows, row 0 at the top, of `layout.width` numbers each. `layout` is
    // the root's where it is large (palette, axes). Room is taken at once. Throws StoreError if there is not enough,
    // UsageError if the name is taken.
    [[nodiscard]] static Image create(File& file, const std::string& name, const ImageLayout& layout) {
        return Image(detail::Raster::create(file, name, detail::number_type<T>(), layout));
    }

    [[nodiscard]] std::uint64_t width() const noexcept { return raster_.width(); }
    [[nodiscard]] std::uint64_t height() const noexcept { return raster_.height(); }

    // Local. Whole rows from `first` on. Throws StoreError; UsageError if they are not whole, or beyond the last.
    void write_rows(std::uint64_t first, std::span<const T> numbers) {
        raster_.write_rows(first, numbers.data(), numbers.size());
    }
    // Local. The same, as the results of a call over rows.
    void write(Index first, std::span<const std::vector<T>> rows) override {
        for (const std::vector<T>& row : rows) write_rows(first++, row);
    }

  private:
    explicit Image(detail::Raster raster) : raster_(std::move(raster)) {}

    detail::Raster raster_;
};

}  // namespace cohort

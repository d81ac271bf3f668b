// Rows and columns of numbers in an HDF5 file: a dataset of two dimensions.
//
//     cohort::Grid<float> heights(file, "heights", 1000, 2000, {.compress = true});
//     heights.set_axes("x", xs, "y", ys);
//     cohort::map_into(team, cohort::indices(1000), row_of_heights, heights);
//
// Its axes are dimension scales, as the HDF5 Dimension Scale Specification has them, so plots get coordinates. An HDF5
// chunk holds whole rows, about a MiB of them: a rank's rows are then one piece of the file, and a part of the grid can be
// read without the rest.
#pragma once

#include <cohort/run/sink.hpp>
#include <cohort/store/dataset.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/layout_options.hpp>
#include <cohort/store/number_type.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cohort {

namespace detail {

[[nodiscard]] Dataset create_grid(File& file, const std::string& name, NumberType type, std::uint64_t height,
                                  std::uint64_t width, const Layout& layout);
void add_scale(File& file, const std::string& name, std::span<const double> values);
void attach_scale(File& file, const Dataset& grid, unsigned dimension, const std::string& scale);
[[nodiscard]] std::uint64_t rows_of(const Dataset& grid, std::uint64_t values);

}  // namespace detail

// `height` rows of `width` values of T, row 0 first. The file must outlive it.
template <Number T>
class Grid : public Sink<std::vector<T>> {
  public:
    // Collective. What is never written is 0. An HDF5 chunk of the layout is so many rows. Throws StoreError on every rank,
    // also where the disk has no room; UsageError for a grid without rows or columns, or a layout that cannot be.
    Grid(File& file, const std::string& name, std::uint64_t height, std::uint64_t width,
         const Layout& layout = {})
        : file_(&file),
          dataset_(detail::create_grid(file, name, detail::number_type<T>(), height, width, layout)) {}

    [[nodiscard]] std::uint64_t height() const { return dataset_.count(); }
    [[nodiscard]] std::uint64_t width() const { return dataset_.width(); }

    // Collective. Writes coordinates of the columns (`x`, `width` of them) and of the rows (`y`, `height` of them), with the
    // names of their datasets. What the root gives counts.
    void set_axes(const std::string& x_name, std::span<const double> x, const std::string& y_name,
                  std::span<const double> y) {
        detail::add_scale(*file_, x_name, x);
        detail::add_scale(*file_, y_name, y);
        share_axes(x_name, y_name);
    }
    // Collective. Takes the axes that another grid of the file has.
    void share_axes(const std::string& x_name, const std::string& y_name) {
        detail::attach_scale(*file_, dataset_, 1, x_name);
        detail::attach_scale(*file_, dataset_, 0, y_name);
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

  protected:
    [[nodiscard]] File& file() const noexcept { return *file_; }
    [[nodiscard]] const detail::Dataset& dataset() const noexcept { return dataset_; }

  private:
    File* file_;
    detail::Dataset dataset_;
};

}  // namespace cohort

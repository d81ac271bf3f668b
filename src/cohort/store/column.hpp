// A column of numbers in an HDF5 file: a dataset of one dimension.
//
//     auto xs = cohort::Column<double>::open(input, "xs");
//     auto ys = cohort::Column<double>::create(output, "ys", xs.count());
//     cohort::map_into(team, xs, f, ys);               // every rank reads and writes its own parts
#pragma once

#include <cohort/run/sink.hpp>
#include <cohort/run/source.hpp>
#include <cohort/store/dataset.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/layout_options.hpp>
#include <cohort/store/number_type.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace cohort {

namespace detail {

[[nodiscard]] Dataset create_column(File& file, const std::string& name, NumberType type, std::uint64_t count,
                                    const Layout& layout);
[[nodiscard]] Dataset create_growing_column(File& file, const std::string& name, NumberType type,
                                            const Layout& layout);

}  // namespace detail

template <Number T>
class Column : public Source<T>, public Sink<T> {
  public:
    // Collective. A new column of `count` elements, in groups that need not exist: "rounds/pi". What is never written is
    // 0. Throws StoreError on every rank, also where the disk has no room; UsageError for a layout that cannot be.
    [[nodiscard]] static Column create(File& file, const std::string& name, std::uint64_t count,
                                       const Layout& layout = {}) {
        return Column(detail::create_column(file, name, detail::number_type<T>(), count, layout));
    }
    // Collective. A new column of no elements, for append(). It takes room by the HDF5 chunk.
    [[nodiscard]] static Column growing(File& file, const std::string& name, const Layout& layout = {}) {
        return Column(detail::create_growing_column(file, name, detail::number_type<T>(), layout));
    }
    // Collective. Throws StoreError on every rank if there is no such column of numbers. They are converted to T, which
    // must be able to hold them all, or be a floating-point type.
    [[nodiscard]] static Column open(File& file, const std::string& name) {
        return Column(detail::Dataset::open(file, name, detail::number_type<T>()));
    }

    [[nodiscard]] std::uint64_t count() const override { return dataset_.count(); }
    // Local. In a file that is being written, what was written before the last collective call.
    void read(Index first, std::span<T> items) override { dataset_.read(first, items.size(), items.data()); }
    // Local.
    void write(Index first, std::span<const T> items) override {
        dataset_.write(first, items.size(), items.data());
    }
    // Collective. Adds every rank's elements, which may be none, in the order of ranks.
    void append(std::span<const T> mine) { dataset_.append(mine.size(), mine.data()); }

  private:
    explicit Column(detail::Dataset dataset) : dataset_(std::move(dataset)) {}

    detail::Dataset dataset_;
};

}  // namespace cohort

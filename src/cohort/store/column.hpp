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

#include <cstdint>
#include <span>
#include <string>

namespace cohort {

// The file must outlive its columns.
template <typename T>
class Column : public Source<T>, public Sink<T> {
  public:
    // Collective. A new column of `count` elements. Throws StoreError on every rank, also where the disk has no room.
    [[nodiscard]] static Column create(File& file, const std::string& name, std::uint64_t count) {
        return Column(detail::Dataset::create(file, name, detail::native_type<T>(), {count}, {}));
    }
    // Collective. A new column of no elements, for append().
    [[nodiscard]] static Column growing(File& file, const std::string& name) {
        return Column(detail::Dataset::growing(file, name, detail::native_type<T>(), (1 << 20) / sizeof(T)));
    }
    // Collective. Throws StoreError on every rank if there is no such column of numbers. They are converted to T.
    [[nodiscard]] static Column open(File& file, const std::string& name) {
        return Column(detail::Dataset::open(file, name));
    }

    [[nodiscard]] std::uint64_t count() const override { return dataset_.size(0); }
    // Local.
    void read(Index first, std::span<T> items) override {
        dataset_.read({first}, {items.size()}, detail::native_type<T>(), items.data());
    }
    // Local.
    void write(Index first, std::span<const T> items) override {
        dataset_.write({first}, {items.size()}, detail::native_type<T>(), items.data());
    }
    // Collective. Adds every rank's elements, which may be none, in the order of ranks.
    void append(std::span<const T> mine) {
        dataset_.append(detail::native_type<T>(), mine.size(), mine.data());
    }

    [[nodiscard]] detail::Dataset& dataset() noexcept { return dataset_; }

  private:
    explicit Column(detail::Dataset dataset) : dataset_(std::move(dataset)) {}

    detail::Dataset dataset_;
};

}  // namespace cohort

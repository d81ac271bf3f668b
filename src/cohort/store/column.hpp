// A column of numbers in an HDF5 file: where items come from, and where results go.
//
//     auto xs = cohort::Column<double>::open(in, "xs");
//     auto ys = cohort::Column<double>::create(out, "ys", xs.count());
//     cohort::map_into(team, xs, f, ys);
//
// A column is a dataset of one dimension. Each rank reads and writes its own part, at any place and in any order, without
// asking others.
#pragma once

#include <cohort/run/sink.hpp>
#include <cohort/run/source.hpp>
#include <cohort/store/dataset.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/number_type.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace cohort {

template <Number T>
class Column : public Source<T>, public Sink<T> {
  public:
    // Collective. Makes a column of `count` numbers, in groups that need not exist: "rounds/pi". Room for it is taken at
    // once. What is never written is 0. Throws StoreError if there is not enough room, UsageError if the name is taken.
    [[nodiscard]] static Column create(File& file, const std::string& name, std::uint64_t count) {
        return Column(detail::Dataset::create(file, name, detail::number_type<T>(), count));
    }

    // Collective. Opens a column; numbers of another type are converted where T holds all values of that type, or is
    // a floating-point type. Throws UsageError if there is none of this name, or it does not hold such numbers.
    [[nodiscard]] static Column open(File& file, const std::string& name) {
        return Column(detail::Dataset::open(file, name, detail::number_type<T>()));
    }

    [[nodiscard]] std::uint64_t count() const override { return dataset_.count(); }
    // Local. In a file that is being written, what this or another rank wrote before the last collective call.
    void read(Index first, std::span<T> items) override { dataset_.read(first, items.data(), items.size()); }
    // Local. Throws StoreError, and UsageError beyond the end and in files that are being read.
    void write(Index first, std::span<const T> results) override {
        dataset_.write(first, results.data(), results.size());
    }

  private:
    explicit Column(detail::Dataset dataset) : dataset_(std::move(dataset)) {}

    detail::Dataset dataset_;
};

}  // namespace cohort

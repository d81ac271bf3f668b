// A dataset of an HDF5 file: what columns and images have in common, whatever the type of their numbers.
//
// It is a run of items, each of which is one number, or a row of them. All that is needed to write items is known on
// every rank: where in the file they belong.
#pragma once

#include <cohort/plan/index.hpp>
#include <cohort/store/number_type.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cohort {
class File;
}

namespace cohort::detail {

class Compressed;
class ReadFile;
class WrittenFile;

class Dataset {
  public:
    struct Shape {
        NumberType type = NumberType::f64;
        std::uint64_t items = 0;
        std::uint64_t width = 0;  // numbers of an item that is a row; 0: items are numbers, in one dimension
        std::uint64_t chunk = 0;  // items of an HDF5 chunk; 0: none, all items lie in one piece
        bool grows = false;       // by append; takes HDF5 chunks
        int level = 0;            // of compression, from 1 to 12, which takes HDF5 chunks; 0: none
        bool shuffle = false;     // before compression: equal bytes of numbers come together

        [[nodiscard]] std::uint64_t item_bytes() const noexcept {
            return (width > 0 ? width : 1) * size_of(type);
        }
    };

    // Collective. Room is taken from the disk at once, unless it is compressed. What is never written is 0. Throws
    // StoreError on every rank.
    [[nodiscard]] static Dataset create(File& file, const std::string& name, const Shape& shape);
    // Collective. A dataset of one dimension, whose numbers are converted to `type` if that can hold all of theirs, or is
    // a floating-point type. Throws StoreError on every rank.
    [[nodiscard]] static Dataset open(File& file, const std::string& name, NumberType type);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] std::uint64_t count() const noexcept { return shape_.items; }
    [[nodiscard]] std::uint64_t width() const noexcept { return shape_.width; }

    // Local. Items from `first` on, in memory as `type` and one after the other. Throw StoreError; UsageError beyond the end.
    // What is compressed can be read only from a complete file, and an item of it must be written once.
    void read(Index first, std::uint64_t count, void* numbers) const;
    void write(Index first, std::uint64_t count, const void* numbers);
    // Collective. Adds every rank's items, which may be none, in the order of ranks. Throws StoreError on every rank.
    void append(std::uint64_t count, const void* numbers);

  private:
    Dataset(std::string name, const Shape& shape) : name_(std::move(name)), shape_(shape) {}
    [[nodiscard]] std::uint64_t item_bytes() const noexcept { return shape_.item_bytes(); }
    void check_bounds(Index first, std::uint64_t count) const;
    template <typename Transfer>
    void in_pieces(Index first, std::uint64_t count, const Transfer& transfer) const;

    std::string name_;
    Shape shape_;
    std::shared_ptr<WrittenFile> written_;
    std::vector<std::uint64_t> places_;       // in the written file: of the whole, or of each HDF5 chunk
    std::shared_ptr<Compressed> compressed_;  // instead of places
    std::shared_ptr<ReadFile> read_;
    std::shared_ptr<const std::int64_t> id_;  // of HDF5, in a file that is read; lets go before the file does
};

}  // namespace cohort::detail

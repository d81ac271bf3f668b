// A dataset of a team's file, whatever its type and dimensions: what columns and images are made of.
#pragma once

#include <cohort/store/file.hpp>
#include <cohort/store/hdf5.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cohort::detail {

class Dataset {
  public:
    using Sizes = std::vector<hsize_t>;

    // Collective. `chunk` are the sizes of an HDF5 chunk; none for a contiguous dataset. Elements are not filled: whoever
    // creates a dataset writes all of it.
    [[nodiscard]] static Dataset create(File& file, const std::string& name, hid_t type, const Sizes& sizes,
                                        const Sizes& chunk);
    // Collective. One dimension, without an end, in HDF5 chunks of so many elements.
    [[nodiscard]] static Dataset growing(File& file, const std::string& name, hid_t type, hsize_t chunk);
    // Collective.
    [[nodiscard]] static Dataset open(File& file, const std::string& name);

    [[nodiscard]] std::uint64_t size(std::size_t dimension) const { return sizes_.at(dimension); }
    [[nodiscard]] hid_t id() const noexcept { return dataset_.get(); }
    [[nodiscard]] File& file() const noexcept { return *file_; }

    // Local. A box of elements, in row-major order. Throws StoreError.
    void read(const Sizes& first, const Sizes& count, hid_t type, void* data) const;
    void write(const Sizes& first, const Sizes& count, hid_t type, const void* data);
    // Collective. One dimension: every rank's `count` elements, in the order of ranks, behind what is there.
    void append(hid_t type, std::uint64_t count, const void* data);

  private:
    Dataset(File& file, std::string name) : file_(&file), name_(std::move(name)) {}
    // Calls transfer(memory space, file space, first element) for pieces of at most 1 GiB along the first dimension.
    template <typename Transfer>
    void in_pieces(const Sizes& first, const Sizes& count, std::size_t bytes, const Transfer& transfer) const;

    File* file_;
    std::string name_;
    Handle dataset_;
    Sizes sizes_;
    Sizes chunk_;  // where it grows
};

}  // namespace cohort::detail

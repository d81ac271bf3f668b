// How datasets are laid out in HDF5: on the root, and told to all ranks as places in the file. All throw Hdf5Error.
#pragma once

#include <cohort/store/compressed.hpp>
#include <cohort/store/dataset.hpp>
#include <cohort/store/hdf5.hpp>
#include <cohort/store/hdf5_driver.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cohort::detail {

// HDF5's type for such numbers in memory, which is also theirs in the file.
[[nodiscard]] hid_t native_type(NumberType type);

// True if numbers of a file can be given out as `type`: each as itself, or the nearest floating-point number.
[[nodiscard]] bool can_hold(NumberType type, hid_t stored);

// Makes a dataset, with its space given out but not filled, in groups that are made where they are missing. Returns its
// places: one, or that of each HDF5 chunk; none of a compressed dataset.
[[nodiscard]] std::vector<std::uint64_t> make_dataset(hid_t file, const std::string& name,
                                                      const Dataset::Shape& shape);

// Extends a dataset of one dimension to `items`; returns the places of HDF5 chunks from number `known` on.
[[nodiscard]] std::vector<std::uint64_t> extend_dataset(hid_t file, const std::string& name,
                                                        std::uint64_t items, std::uint64_t chunk,
                                                        std::uint64_t known);

// Makes the HDF5 chunks of a compressed dataset be where the ranks put them, and the dataset as long as `shape` says.
void place_chunks(hid_t file, const std::string& name, const Dataset::Shape& shape,
                  std::span<const Compressed::Placed> chunks, Hdf5Backing& backing);

}  // namespace cohort::detail

// HDF5's way to the file: a driver that never fails.
//
// HDF5 1.10 does not survive a failed write while it closes a file: it frees the file but keeps its id, and ends with a
// segmentation fault when the program does. So this driver tells it that all went well and keeps the first error for us;
// after that nothing more is written. WrittenFile asks after every step, and a file with an error never gets its name.
#pragma once

#include <cohort/store/hdf5.hpp>

#include <cstdint>

namespace cohort::detail {

// The open file under an HDF5 file; must outlive it.
struct Hdf5Backing {
    int descriptor = -1;
    int error = 0;          // errno of the first failure; 0: none
    std::uint64_t end = 0;  // of what HDF5 has given out, in bytes

    // Bytes that are in the file already, in a place that the next raw data of HDF5 shall be taken to be written to; none
    // once that was done. HDF5 has no function to say where an HDF5 chunk is, but it asks us.
    struct Written {
        std::uint64_t place = 0;
        std::uint64_t bytes = 0;
    } written = {};
};

// Creates an HDF5 file in an empty file. Throws Hdf5Error.
[[nodiscard]] Hdf5File create_hdf5(Hdf5Backing& backing);

}  // namespace cohort::detail

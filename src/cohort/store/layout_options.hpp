// How a dataset lies in its file, and what compression changes.
//
// Compressed by the ranks, as HDF5's filters shuffle and deflate do it, a dataset is read by everything that reads HDF5.
// It takes no room before it is written, so a full disk is found by write(); an item is written once, and read when the
// file is complete. Ranks that write whole HDF5 chunks, or items one after the other, need at most five HDF5 chunks of
// memory and write each byte once; other parts go through a scratch file beside the output until commit().
#pragma once

#include <cstdint>

namespace cohort {

struct Layout {
    bool compress = false;
    int level = 1;            // of compression: from 1, fast, to 12, small; above 1 is rarely worth its time
    std::uint64_t chunk = 0;  // items of an HDF5 chunk, of at most 16 MiB where compressed; 0: about a MiB
};

}  // namespace cohort

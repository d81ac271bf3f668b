// Reading and writing at a place of an open file, whole, whatever the system does in between.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cohort::detail {

// Local. Both return 0, or errno. Bytes beyond the end of the file are read as 0.
[[nodiscard]] int read_at(int descriptor, std::uint64_t place, void* into, std::size_t bytes) noexcept;
[[nodiscard]] int write_at(int descriptor, std::uint64_t place, const void* from, std::size_t bytes) noexcept;

// Local. How a rank opens a file that others write as well: for reading and writing.
[[nodiscard]] int flags_to_share(const char* path) noexcept;

// Local. Takes room on the disk for the first `bytes` bytes of the file, where its file system can do that; else only
// looks whether there is as much. Returns 0, or errno.
[[nodiscard]] int take_room(int descriptor, std::uint64_t bytes) noexcept;

}  // namespace cohort::detail

// The order of bytes that HDF5's filter of that name makes: the first bytes of all numbers, then all second ones, and so on.
// Numbers that differ in a few of their bytes only have long runs then.
#pragma once

#include <cstddef>
#include <span>

namespace cohort::detail {

// Local. `to` has as many bytes as `numbers`, which are of 2, 4 or 8 bytes each.
void shuffle(std::span<const std::byte> numbers, std::size_t number_bytes, std::span<std::byte> to);

}  // namespace cohort::detail

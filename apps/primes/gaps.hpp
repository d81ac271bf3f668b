// Primes in memory, a byte each.
//
// Half the distance from each to the next fits into a byte, but for a few; those, and the first, are kept whole.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cohort::primes {

class GapList {
  public:
    // Local. Makes room for so many primes, so that adding them moves nothing.
    void reserve(std::size_t primes) { bytes_.reserve(primes + primes / 64 + 64); }
    // Local. Adds primes, each larger than the one before.
    void add(std::span<const std::uint64_t> primes);

    // Local. Fills `block` with the next primes, from the first on; returns how many there were, 0 at the end.
    [[nodiscard]] std::size_t read(std::span<std::uint64_t> block);

  private:
    void add_one(std::uint64_t prime);

    std::vector<std::uint8_t> bytes_;
    std::uint64_t last_added_ = 0;
    std::size_t read_bytes_ = 0;
    std::uint64_t last_read_ = 0;
};

}  // namespace cohort::primes

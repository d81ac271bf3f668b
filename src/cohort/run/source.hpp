// Where items come from, when every rank reads its own.
#pragma once

#include <cohort/plan/index.hpp>

#include <span>

namespace cohort {

// Items that each rank reads for itself, such as a column of an HDF5 file. Given to `map` and its kin as the input.
template <typename T>
class Source {
  public:
    virtual ~Source() = default;
    // Local. The number of items; the same on every rank.
    [[nodiscard]] virtual std::uint64_t count() const = 0;
    // Local. Fills `items` with the items from `first` on. Throws StoreError.
    virtual void read(Index first, std::span<T> items) = 0;
};

}  // namespace cohort

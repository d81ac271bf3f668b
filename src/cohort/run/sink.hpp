// Where results go, when the rank that made them keeps them.
#pragma once

#include <cohort/plan/index.hpp>

#include <span>

namespace cohort {

// Takes results on the rank that made them, such as a column of an HDF5 file. Given to `map_into`.
template <typename R>
class Sink {
  public:
    virtual ~Sink() = default;
    // Local. Keeps the results of the items from `first` on: each item once, runs in any order. Throws StoreError.
    virtual void write(Index first, std::span<const R> results) = 0;
    // Collective, after every rank's last write of a call that did not fail.
    virtual void finish() {}
};

}  // namespace cohort

// What is done already, so that a call does not do it again.
#pragma once

#include <cohort/plan/grains.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace cohort {

// Keeps the partial results of finished grains from one run of a program to the next. `map_reduce` and the searches
// ask it, on the root, for what an earlier run finished, and tell it, on the root, what this one does.
class Journal {
  public:
    struct Done {
        std::uint64_t grain = 0;
        std::vector<std::byte> partial;  // as `finished` was given it; empty where a search found nothing
    };

    virtual ~Journal() = default;
    // Local, on the root. The grains of the call of this name that are done, in ascending order. Throws UsageError if
    // what is kept is of another computation: other `grains`.
    virtual std::vector<Done> begin(std::string_view call, const Grains& grains) = 0;
    // Local, on the root. Keeps a finished grain.
    virtual void finished(std::uint64_t grain, std::span<const std::byte> partial) = 0;
    // Local, on the root. The call is complete.
    virtual void end() = 0;
};

}  // namespace cohort

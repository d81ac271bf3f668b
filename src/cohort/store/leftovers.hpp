// What killed runs left beside an output.
#pragma once

#include <filesystem>

namespace cohort::detail {

// Local. Removes the temporary and scratch files of runs that are over; returns true if one of a run that is not lies
// there. Lists the folder: 0.3 us for each name in it. The caller holds the lock of the output, where there are locks.
//
// A run is over if nobody holds its file, as far as locks reach, or if its root was near and has ended. Where neither can
// be known its files stay, and are no obstacle.
[[nodiscard]] bool remove_leftovers(const std::filesystem::path& path);

}  // namespace cohort::detail

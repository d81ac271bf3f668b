// What this program is made of, for --version and for provenance.
#pragma once

#include <string>
#include <string_view>

namespace cohort {

// Local. Of cohort and its programs: "0.1.0".
[[nodiscard]] std::string_view version() noexcept;

// Local. The HDF5 library, and whether it is the parallel one.
[[nodiscard]] std::string hdf5_version();

}  // namespace cohort

// What this program is made of, for --version and for provenance.
#pragma once

#include <string>
#include <string_view>

namespace cohort {

// Local. Of cohort and its programs: "0.1.0".
[[nodiscard]] std::string_view version() noexcept;

// Local. The MPI library and the version of the standard it keeps. Needs no MPI_Init.
[[nodiscard]] std::string mpi_version();

// Local. The HDF5 library, and whether it is the parallel one.
[[nodiscard]] std::string hdf5_version();

// Local. The instruction sets of this processor that kernels choose between: "avx2 fma avx512f ..."; empty if
// unknown.
[[nodiscard]] std::string instruction_sets();

}  // namespace cohort

// MPI's return codes made into exceptions.
//
// Every MPI call of cohort goes through check_mpi, so a failure surfaces where it happens, with MPI's own words.
#pragma once

#include <mpi.h>

namespace cohort::detail {

// Throws Fault, naming `call`, unless `code` is MPI_SUCCESS.
void check_mpi(int code, const char* call);

}  // namespace cohort::detail

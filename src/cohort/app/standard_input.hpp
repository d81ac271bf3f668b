// Standard input, past mpirun.
//
// mpirun forwards its standard input to rank 0, and that of Open MPI 5.0 repeats parts of it as soon as more
// waits than a pipe holds (issue 2579 of PRRTE). So a program that starts itself again on its own machine
// keeps its input open across the start, and its rank 0 takes it from there.
#pragma once

#include <cohort/app/launch.hpp>

namespace cohort::detail {

// Local. To be called just before this process becomes mpirun: keeps a file or a pipe on standard input for
// rank 0. A terminal is left to mpirun.
void leave_standard_input();

// Local. On rank 0: takes what leave_standard_input has left, if anything. Throws UsageError if it is out of
// reach.
void find_standard_input(const Launcher& launcher);

}  // namespace cohort::detail

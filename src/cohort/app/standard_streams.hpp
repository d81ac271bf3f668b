// Standard input and output, past mpirun.
//
// mpirun forwards its standard input to rank 0, and that of Open MPI 5.0 repeats parts of it as soon as more
// waits than a pipe holds (issue 2579 of PRRTE). It forwards what ranks print, too, and that of Open MPI 4
// crashes with a page of text when nobody reads it any longer, as in `| head`. So a program that starts
// itself again on its own machine keeps its streams open across the start, and its rank 0 takes them from
// there.
#pragma once

#include <cohort/app/launch.hpp>

namespace cohort::detail {

// Local. To be called just before this process becomes mpirun: keeps a file or a pipe on standard input, and
// a pipe on standard output, for rank 0. Terminals are left to mpirun.
void leave_standard_streams();

// Local. On rank 0: takes what leave_standard_streams has left, if anything. Throws UsageError if the input
// is out of reach.
void find_standard_streams(const Launcher& launcher);

}  // namespace cohort::detail

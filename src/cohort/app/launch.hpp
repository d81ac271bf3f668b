// Who started this process, and starting it again under mpirun.
//
// `-j 8` on a laptop must do what `mpirun -n 8` does with the flags that it takes there: as root, in a
// container, with fewer cores than ranks. All of this is known, and decided, before MPI is started.
#pragma once

#include <string>

namespace cohort {

// The launcher that started this process: mpirun, srun or one that speaks PMIx or PMI.
struct Launcher {
    std::string name;  // empty: none, the process stands alone
    int rank = 0;
    int ranks = 1;  // as promised; 0 if the launcher does not say

    [[nodiscard]] bool present() const noexcept { return !name.empty(); }
    // True if a team of more than one rank can be expected, so that MPI has to be started.
    [[nodiscard]] bool needs_mpi() const noexcept { return present() && ranks != 1; }
};

// Local. Read from the environment; calls no MPI. A Slurm step of one task, such as an interactive shell, is
// no launcher.
[[nodiscard]] Launcher find_launcher();

// Local. Throws UsageError if MPI cannot, or did not, bring together the ranks that were promised: `seen` is
// the size of MPI_COMM_WORLD, or 0 before MPI is started.
void check_launcher(const Launcher& launcher, int seen);

// Local. Processors that this process may use.
[[nodiscard]] int usable_cores();

// Local. Replaces this process by `mpirun -n ranks` of the same program and arguments. Throws UsageError if
// there is no mpirun; the environment variable COHORT_MPIRUN names another.
[[noreturn]] void start_again(int ranks, int argc, char** argv);

}  // namespace cohort

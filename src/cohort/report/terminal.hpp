// Whether somebody is watching.
//
// Under mpirun a rank's standard streams are pipes, though mpirun's own may well be a terminal. Where mpirun
// is this process's parent, its streams are looked at instead, so that `-j 8` shows the bar that the program
// alone would show, and does not wait for input that nobody means to type.
#pragma once

namespace cohort {

// Local. True if the file descriptor (0, 1 or 2) is a terminal, or leads to one through mpirun.
[[nodiscard]] bool reaches_terminal(int descriptor);

// Local. The width of that terminal in characters; 80 if it cannot be told.
[[nodiscard]] int terminal_columns(int descriptor);

}  // namespace cohort

// A program's HDF5 output: created and completed as its options say, with what the run says of itself.
//
//     std::optional<cohort::File> file = cohort::create_output(team, program);   // none without --output
//     ...
//     if (file) cohort::complete_output(*file, program);
#pragma once

#include <cohort/app/program.hpp>
#include <cohort/store/file.hpp>
#include <cohort/team/team.hpp>

#include <optional>

namespace cohort {

// Collective. The file of --output; none without it. Throws StoreError on every rank, before any work.
[[nodiscard]] std::optional<File> create_output(Team& team, const Program& program);

// Collective. Adds the run's wall time and serial time, in seconds, and gives the file its name.
void complete_output(File& file, const Program& program);

}  // namespace cohort

// The team of all ranks, for tests under MPI.
//
//     #include <support/world.hpp>
//     TEST(Map, KeepsTheOrderOfItsInput) { cohort::Team& team = cohort::testing::world(); ... }
//
// One team serves all tests of a binary, as teams do in programs, so that what a call leaves behind shows in the next.
#pragma once

#include <cohort/team/team.hpp>

namespace cohort::testing {

// Collective when first called: makes the team over MPI_COMM_WORLD. Closed by main after the last test.
Team& world();

}  // namespace cohort::testing

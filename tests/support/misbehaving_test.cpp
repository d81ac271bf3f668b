// Ranks that do what they should not, for the tests of the test bench: GoogleTest under MPI must turn each into a run that
// fails and says why. Which test runs is chosen by --gtest_filter; none of them is a test of cohort.
#include <gtest/gtest.h>
#include <mpi.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <thread>

namespace {

int rank() {
    int value = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &value);
    return value;
}

[[gnu::noinline]] void sleeps_for_ever() {
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
}

[[gnu::noinline]] void loses_memory() { *new volatile int = 1; }

TEST(Ranks, AllPass) { EXPECT_GE(rank(), 0); }

TEST(Ranks, AllSkip) { GTEST_SKIP() << "nothing to do here"; }

TEST(Ranks, OneFails) { EXPECT_NE(rank(), 1) << "the rank that fails on purpose"; }

TEST(Ranks, OneThrows) {
    if (rank() == 1) throw std::runtime_error("thrown on purpose");
}

TEST(Ranks, OneLeavesWithSuccess) {
    if (rank() == 1) std::_Exit(0);
    MPI_Barrier(MPI_COMM_WORLD);
}

TEST(Ranks, OneHangs) {
    if (rank() == 1) sleeps_for_ever();
    MPI_Barrier(MPI_COMM_WORLD);
}

TEST(Ranks, OneLeaks) {
    if (rank() == 1) loses_memory();
}

TEST(Ranks, OneOverflows) {
    volatile int most = std::numeric_limits<int>::max();
    if (rank() == 1) most = most + 1;
}

}  // namespace

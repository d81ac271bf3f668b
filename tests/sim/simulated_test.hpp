// Makes every TEST of a source a simulated one: included before the source itself, by the compiler's -include.
//
// A body that runs under mpiexec, once on each of its ranks, runs here on the ranks of a simulation, for many seeds; the
// source is the same. cohort::testing::world() is the team of the rank that runs, a fresh one in each run. A seed also
// says how many ranks there are and on which nodes. The first run that fails ends its test, with a line that says how to
// repeat it. Environment variables, for more than what CTest does:
//
//     COHORT_SIM_RUNS=10000    runs of each test, each with the next seed
//     COHORT_SIM_SEED=1        the first seed
//     COHORT_SIM_NODES=2+2+1   ranks by node, instead of what the seed says
//     COHORT_SIM_NETWORK=driven    how messages move, likewise; see Manners in simulation.hpp
#pragma once

#include <gtest/gtest.h>

#include <cstdint>

namespace cohort::testing {

// Local. Registers a test. Its result is of no use.
int add_simulated_test(const char* suite, const char* name, const char* file, int line, void (*body)());

// Local. From a rank: the seed of the run, the same on all ranks.
[[nodiscard]] std::uint64_t simulated_seed();

// What a run that does not apply to its nodes is left with: the others go on.
struct RunLeft {
    void operator=(const ::testing::Message& /*why*/) const noexcept {}
};

}  // namespace cohort::testing

#undef GTEST_SKIP
#define GTEST_SKIP() return ::cohort::testing::RunLeft() = ::testing::Message()
#undef TEST
#define TEST(suite, name)                                                                                \
    static void suite##_##name##_body();                                                                 \
    [[maybe_unused]] static const int suite##_##name##_number =                                          \
        ::cohort::testing::add_simulated_test(#suite, #name, __FILE__, __LINE__, suite##_##name##_body); \
    static void suite##_##name##_body()

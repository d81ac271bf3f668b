// No range is sieved twice where its primes can be counted otherwise, or kept.

#include <cohort/plan/random.hpp>
#include <primes/list_plan.hpp>

#include <gtest/gtest.h>

namespace cohort::primes {
namespace {

constexpr std::uint64_t memory = std::uint64_t{256} << 20;

TEST(PlanList, CountsLongRangesCombinatorially) {
    for (const int ranks : {1, 2, 16}) {
        const ListPlan plan = plan_list({0, 100'000'000'000}, ranks, memory);
        EXPECT_EQ(plan.placing, Placing::by_combinatorics);
        EXPECT_GE(plan.pieces.count(), static_cast<std::uint64_t>(ranks));
    }
}

TEST(PlanList, KeepsThePrimesOfShortRangesFarUp) {
    for (const int ranks : {1, 2, 16}) {
        const ListPlan plan = plan_list({1'000'000'000'000'000'000, 1'000'000'000}, ranks, memory);
        EXPECT_EQ(plan.placing, Placing::by_keeping);
        EXPECT_EQ(plan.pieces.count(), static_cast<std::uint64_t>(ranks));
        EXPECT_EQ(plan_list({1'000'000'000'000'000'000, 1'000'000'000}, ranks, 0).placing,
                  Placing::by_sieving);
    }
}

TEST(PlanList, SievesTwiceOnlyWhereNothingElseWillDo) {
    const Range long_and_far_up = {1'000'000'000'000'000'000, 100'000'000'000};
    EXPECT_EQ(plan_list(long_and_far_up, 2, memory).placing, Placing::by_sieving);
    EXPECT_EQ(plan_list(long_and_far_up, 20, memory).placing, Placing::by_keeping);
}

TEST(PlanList, CutsWholeRangesWithOnePieceToARankWhereThoseAreKept) {
    for (std::uint64_t trial = 0; trial < 1000; ++trial) {
        Random random(Seed(48), 0, trial);
        const Range numbers{random() >> (1 + random.below(63)), random() >> (1 + random.below(63))};
        const auto ranks = static_cast<int>(1 + random.below(100));
        const ListPlan plan = plan_list(numbers, ranks, memory);
        ASSERT_EQ(plan.pieces.first, numbers.first);
        ASSERT_EQ(plan.pieces.items, numbers.count);
        if (plan.placing == Placing::by_keeping) {
            ASSERT_LE(plan.pieces.count(), static_cast<std::uint64_t>(ranks));
        }
    }
}

}  // namespace
}  // namespace cohort::primes

// What the ranks of a node share: arrays, counters, locks.
#include <cohort/run/map.hpp>
#include <cohort/team/counter.hpp>
#include <cohort/team/shared_array.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <mutex>
#include <numeric>

namespace cohort {
namespace {

TEST(SharedArray, IsZeroedAndSeenByEveryRank) {
    Team& team = testing::world();
    SharedArray<double> array(team, 100, 1'000);
    EXPECT_EQ(std::accumulate(array.elements().begin(), array.elements().end(), 0.0), 0.0);
    array.fence();
    for (std::uint64_t i = static_cast<std::uint64_t>(team.rank()); i < array.rows();
         i += static_cast<std::uint64_t>(team.size())) {
        for (double& element : array.row(i)) {
            element = static_cast<double>(i);
        }
    }
    array.fence();
    for (std::uint64_t i = 0; i < array.rows(); ++i) {
        EXPECT_EQ(array(i, 0), static_cast<double>(i));
        EXPECT_EQ(array(i, array.columns() - 1), static_cast<double>(i));
    }
}

TEST(SharedArray, RefusesWhatNoMachineHas) {
    Team& team = testing::world();
    EXPECT_THROW(SharedArray<double>(team, 1ULL << 62, 1ULL << 62), UsageError);
    EXPECT_THROW(SharedArray<double>(team, 1ULL << 44), UsageError);
    team.barrier();
}

TEST(SharedArray, MayBeEmpty) {
    SharedArray<int> array(testing::world(), 0, 5);
    EXPECT_TRUE(array.elements().empty());
}

TEST(SharedArray, CanBeMadeManyTimes) {
    for (int round = 0; round < 100; ++round) {
        SharedArray<int> array(testing::world(), 1'000);
        array(static_cast<std::uint64_t>(testing::world().rank())) = round;
    }
}

TEST(Counter, CountsEveryRanksAdditions) {
    Team& team = testing::world();
    Counter counter(team, 5);
    for_each(team, indices(10'000), [&](Index) { counter.add(2); });
    EXPECT_EQ(counter.value(), 20'005U);
}

TEST(Mutex, LetsOneRankAtATimeIn) {
    Team& team = testing::world();
    SharedArray<std::uint64_t> plain(team, 1);
    Mutex mutex(team);
    for_each(team, indices(20'000), [&](Index) {
        const std::lock_guard lock(mutex);
        const auto* value = const_cast<volatile std::uint64_t*>(&plain(0));
        plain(0) = *value + 1;
    });
    plain.fence();
    EXPECT_EQ(plain(0), 20'000U);
}

TEST(Mutex, CanBeTried) {
    Team& team = testing::world();
    Mutex mutex(team);
    if (team.is_root()) {
        EXPECT_TRUE(mutex.try_lock());
    }
    team.barrier();
    if (!team.is_root()) {
        EXPECT_FALSE(mutex.try_lock());
    }
    team.barrier();
    if (team.is_root()) {
        mutex.unlock();
    }
    team.barrier();
}

}  // namespace
}  // namespace cohort

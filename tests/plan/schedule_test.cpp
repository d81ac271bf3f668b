// Every schedule hands out every grain exactly once, whatever the sizes: on one node, where the whole plan is
// known, and on many, where nodes of different sizes take batches in an order that nobody controls.

#include "sizes.hpp"

#include <cohort/plan/error.hpp>
#include <cohort/plan/schedule.hpp>

#include <gtest/gtest.h>

#include <string>

namespace cohort {
namespace {

using test::most;
using test::random_sizes;
using test::Sizes;

Schedule with_minimum(std::size_t kind, std::uint64_t minimum) {
    const std::vector<Schedule> schedules = {StaticBlock{}, StaticCyclic{minimum}, Fixed{minimum},
                                             Guided{minimum}, Factoring{minimum}};
    return schedules.at(kind);
}

// What the schedule promises of every chunk but the last; blocks promise nothing but that they are not empty.
std::uint64_t least_chunk(const Schedule& schedule, std::uint64_t minimum) {
    return std::holds_alternative<StaticBlock>(schedule) ? 1 : std::max<std::uint64_t>(minimum, 1);
}

class EverySchedule : public testing::TestWithParam<std::size_t> {};
class EveryDynamicSchedule : public testing::TestWithParam<std::size_t> {};
class EveryStaticSchedule : public testing::TestWithParam<std::size_t> {};

std::string schedule_name(const testing::TestParamInfo<std::size_t>& info) {
    return std::string(name(with_minimum(info.param, 1)));
}

INSTANTIATE_TEST_SUITE_P(Plan, EverySchedule, testing::Range<std::size_t>(0, 5), schedule_name);
INSTANTIATE_TEST_SUITE_P(Plan, EveryStaticSchedule, testing::Range<std::size_t>(0, 2), schedule_name);
INSTANTIATE_TEST_SUITE_P(Plan, EveryDynamicSchedule, testing::Range<std::size_t>(2, 5), schedule_name);

// Chunks that have to be looked at one by one to see all that can go wrong: all of a short plan; of a long
// one the two on either side of every boundary between batches, and some in between.
std::vector<std::uint64_t> telling_chunks(const ChunkPlan& plan, Random& random) {
    std::vector<std::uint64_t> numbers;
    if (plan.chunks() < 3'000) {
        for (std::uint64_t number = 0; number < plan.chunks(); ++number) numbers.push_back(number);
        return numbers;
    }
    std::uint64_t first = 0;
    for (const Batch& batch : plan.batches()) {
        if (first > 0) numbers.push_back(first - 1);
        numbers.push_back(first);
        numbers.push_back(first + random.below(batch.chunks()));
        first += batch.chunks();
    }
    numbers.push_back(plan.chunks() - 1);
    return numbers;
}

TEST_P(EverySchedule, CoversEachGrainOnceWithNoChunkEmptyOrBelowTheMinimum) {
    std::size_t index = 0;
    for (const Sizes& sizes : random_sizes(3'000, 11)) {
        SCOPED_TRACE(sizes);
        const Schedule schedule = with_minimum(GetParam(), sizes.minimum);
        const ChunkPlan plan(schedule, sizes.items, sizes.ranks);
        Random random(Seed(12), 0, index++);
        ASSERT_EQ(plan.chunks() == 0, sizes.items == 0);
        if (plan.chunks() == 0) continue;
        EXPECT_EQ(plan[0].first, 0U);
        for (const std::uint64_t number : telling_chunks(plan, random)) {
            const Chunk chunk = plan[number];
            ASSERT_GT(chunk.count, 0U) << "chunk " << number;
            if (number + 1 < plan.chunks()) {
                ASSERT_EQ(chunk.first + chunk.count, plan[number + 1].first) << "chunk " << number;
                ASSERT_GE(chunk.count, least_chunk(schedule, sizes.minimum)) << "chunk " << number;
            } else {
                ASSERT_EQ(chunk.first + chunk.count, sizes.items);
            }
        }
    }
}

TEST_P(EverySchedule, NeedsABoundedNumberOfBatchesOnOneNode) {
    for (const std::uint64_t grains : {most, most - 1, most / 2 + 1, std::uint64_t{1'000'000'007}}) {
        for (std::uint64_t ranks = 1; ranks < 3'000'000; ranks = ranks < 70 ? ranks + 1 : ranks * 2 - 5) {
            EXPECT_LT(ChunkPlan(with_minimum(GetParam(), 1), grains, ranks).batches().size(), most_batches)
                << grains << " grains on " << ranks << " ranks";
        }
    }
}

TEST_P(EveryStaticSchedule, GivesEachRankItsOwnChunksOfTheSamePlan) {
    for (const Sizes& sizes : random_sizes(2'000, 13)) {
        SCOPED_TRACE(sizes);
        const Schedule schedule = with_minimum(GetParam(), sizes.minimum);
        const ChunkPlan plan(schedule, sizes.items, sizes.ranks);
        if (plan.chunks() > 3'000 || sizes.ranks > 3'000) continue;
        std::uint64_t chunks = 0;
        for (std::uint64_t rank = 0; rank < sizes.ranks; ++rank) {
            for (std::uint64_t k = 0;; ++k) {
                const std::optional<Chunk> chunk = static_chunk(schedule, sizes.items, sizes.ranks, rank, k);
                if (!chunk) break;
                ASSERT_EQ(*chunk, plan[k * sizes.ranks + rank]);
                ++chunks;
            }
        }
        EXPECT_EQ(chunks, plan.chunks());
    }
}

TEST(StaticCyclic, IsRightAtTheTopOf64Bits) {
    const Schedule schedule = StaticCyclic{1};
    EXPECT_EQ(static_chunk(schedule, most, 2, 0, most / 2), (Chunk{most - 1, 1}));
    EXPECT_EQ(static_chunk(schedule, most, 2, 1, most / 2), std::nullopt);
    EXPECT_EQ(static_chunk(schedule, most, 2, 1, most), std::nullopt);
    EXPECT_EQ(static_chunk(StaticCyclic{most}, most, 3, 0, 0), (Chunk{0, most}));
    EXPECT_EQ(static_chunk(StaticCyclic{most}, most, 3, 1, 0), std::nullopt);
}

// Nodes of random sizes draw batches in random order, as a coordinator would hand them out.
TEST_P(EveryDynamicSchedule, CoversEachGrainOnceWhenNodesDrawBatchesInAnyOrder) {
    std::size_t index = 0;
    for (const Sizes& sizes : random_sizes(1'000, 14)) {
        SCOPED_TRACE(sizes);
        Random random(Seed(15), 0, index++);
        std::vector<std::uint64_t> nodes(1 + random.below(12));
        std::uint64_t ranks = 0;
        for (std::uint64_t& node : nodes) {
            node = 1 + random.below(random.below(5) == 0 ? 200 : 8);
            ranks += node;
        }
        const Schedule schedule = with_minimum(GetParam(), sizes.minimum);
        std::uint64_t remaining = sizes.items;
        while (remaining > 0) {
            const Share share{remaining, nodes[random.below(nodes.size())], ranks};
            const Cut cut = next_batch(schedule, share);
            const std::string what = std::to_string(remaining) + " left, node of " +
                                     std::to_string(share.node_ranks) + " of " + std::to_string(ranks);
            ASSERT_GT(cut.grains, 0U) << what;
            ASSERT_LE(cut.grains, remaining) << what;
            ASSERT_GE(cut.chunk, std::max<std::uint64_t>(sizes.minimum, 1)) << what;
            if (cut.grains < remaining) {
                ASSERT_EQ(cut.grains % cut.chunk, 0U) << what;
            }
            if (nodes.size() > 1) {
                // Without its last chunk, the batch lies below the node's share of half of what is left.
                const std::uint64_t others = cut.grains - std::min(cut.grains, cut.chunk);
                ASSERT_TRUE(others == 0 || Wide{others} * 2 * ranks < Wide{remaining} * share.node_ranks)
                    << what;
            }
            remaining -= cut.grains;
        }
        EXPECT_EQ(next_batch(schedule, {0, nodes[0], ranks}).grains, 0U);
    }
}

TEST(Factoring, HandsOutHalfOfWhatIsLeftInAsManyEqualChunksAsRanks) {
    const ChunkPlan plan(Factoring{.minimum = 5}, 100, 4);
    const std::vector<Batch> expected = {{0, 52, 13}, {52, 24, 6}, {76, 20, 5}, {96, 4, 5}};
    EXPECT_EQ(plan.batches(), expected);
    EXPECT_EQ(plan.chunks(), 13U);
}

TEST(Factoring, GivesPartOfATeamItsShareOfHalf) {
    EXPECT_EQ(next_batch(Factoring{1}, {1'000, 2, 10}), (Cut{100, 50}));
    EXPECT_EQ(next_batch(Factoring{80}, {1'000, 2, 10}), (Cut{160, 80}));
    EXPECT_EQ(next_batch(Factoring{500}, {1'000, 2, 10}), (Cut{500, 500}));
}

TEST(Guided, HandsOutTheEvenShareOfWhatIsLeft) {
    const ChunkPlan plan(Guided{.minimum = 3}, 20, 4);
    const std::vector<Batch> expected = {{0, 5, 5}, {5, 4, 4}, {9, 3, 3}, {12, 3, 3}, {15, 3, 3}, {18, 2, 3}};
    EXPECT_EQ(plan.batches(), expected);
}

TEST(Guided, TakesAnEighthAsManyChunksAsRanksAtATime) {
    EXPECT_EQ(next_batch(Guided{1}, {6'400, 64, 64}), (Cut{800, 100}));
    EXPECT_EQ(next_batch(Guided{1}, {6'400, 16, 64}), (Cut{200, 100}));
    EXPECT_EQ(next_batch(Guided{1}, {6'400, 1, 64}), (Cut{50, 50}));
}

TEST(Fixed, GivesAWholeTeamEverythingAndPartOfOneItsShareOfHalf) {
    EXPECT_EQ(next_batch(Fixed{7}, {1'000, 4, 4}), (Cut{1'000, 7}));
    EXPECT_EQ(next_batch(Fixed{7}, {1'000, 1, 4}), (Cut{126, 7}));
    EXPECT_EQ(next_batch(Fixed{}, {most, most - 1, most}), (Cut{most / 2, 1}));
}

TEST(Auto, IsFactoringWhereAllIsDoneAndFixedInASearch) {
    EXPECT_EQ(resolve(Auto{}, 6, Purpose::map), Schedule(Factoring{6}));
    EXPECT_EQ(resolve(Auto{}, 6, Purpose::reduce), Schedule(Factoring{6}));
    EXPECT_EQ(resolve(Auto{}, 6, Purpose::search), Schedule(Fixed{6}));
    EXPECT_EQ(resolve(Guided{2}, 6, Purpose::search), Schedule(Guided{2}));
}

TEST(Schedule, SaysWhatItIs) {
    EXPECT_EQ(name(Auto{}), "auto");
    EXPECT_EQ(name(StaticBlock{}), "static");
    EXPECT_EQ(name(StaticCyclic{}), "cyclic");
    EXPECT_EQ(name(Fixed{}), "fixed");
    EXPECT_EQ(name(Guided{}), "guided");
    EXPECT_EQ(name(Factoring{}), "factoring");
    EXPECT_TRUE(is_static(StaticBlock{}));
    EXPECT_TRUE(is_static(StaticCyclic{}));
    EXPECT_FALSE(is_static(Auto{}));
    EXPECT_FALSE(is_static(Factoring{}));
}

TEST(Schedule, RefusesQuestionsThatDoNotApplyToIt) {
    EXPECT_THROW((void)next_batch(Auto{}, {10, 1, 1}), Fault);
    EXPECT_THROW((void)next_batch(StaticBlock{}, {10, 1, 1}), Fault);
    EXPECT_THROW((void)static_chunk(Fixed{}, 10, 1, 0, 0), Fault);
    EXPECT_THROW(ChunkPlan(Auto{}, 10, 1), Fault);
}

}  // namespace
}  // namespace cohort

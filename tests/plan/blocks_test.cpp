// Blocks, cyclic shares and grains cover every item exactly once.

#include "sizes.hpp"

#include <cohort/plan/blocks.hpp>
#include <cohort/plan/grains.hpp>

#include <gtest/gtest.h>

namespace cohort {
namespace {

using test::most;
using test::random_sizes;
using test::Sizes;

TEST(Block, IsTheFirstPartsThatAreLonger) {
    EXPECT_EQ(block(10, 4, 0), (Range{0, 3}));
    EXPECT_EQ(block(10, 4, 1), (Range{3, 3}));
    EXPECT_EQ(block(10, 4, 2), (Range{6, 2}));
    EXPECT_EQ(block(10, 4, 3), (Range{8, 2}));
}

TEST(Block, IsEmptyForPartsBeyondTheItems) {
    EXPECT_EQ(block(2, 5, 1), (Range{1, 1}));
    EXPECT_EQ(block(2, 5, 2), (Range{2, 0}));
    EXPECT_EQ(block(0, 3, 2), (Range{0, 0}));
}

TEST(Block, IsRightAtTheTopOf64Bits) {
    EXPECT_EQ(block(most, 1, 0), (Range{0, most}));
    EXPECT_EQ(block(most, 2, 1), (Range{most / 2 + 1, most / 2}));
    EXPECT_EQ(block(most, most, most - 1), (Range{most - 1, 1}));
    EXPECT_EQ(part_of(most, 1, most - 1), 0U);
    EXPECT_EQ(part_of(most, most, most - 1), most - 1);
}

TEST(Block, JoinsTheNextOneAndDiffersByAtMostOneItem) {
    for (const Sizes& sizes : random_sizes(3'000, 1)) {
        SCOPED_TRACE(sizes);
        EXPECT_EQ(block(sizes.items, sizes.ranks, 0).first, 0U);
        const Range last = block(sizes.items, sizes.ranks, sizes.ranks - 1);
        EXPECT_EQ(last.first + last.count, sizes.items);
        Random random(Seed(2), 0, sizes.items);
        for (int sample = 0; sample < 20 && sizes.ranks > 1; ++sample) {
            const std::uint64_t part = random.below(sizes.ranks - 1);
            const Range here = block(sizes.items, sizes.ranks, part);
            const Range next = block(sizes.items, sizes.ranks, part + 1);
            EXPECT_EQ(here.first + here.count, next.first);
            EXPECT_LE(here.count - next.count, 1U);
            EXPECT_LE(here.count - last.count, 1U);
        }
    }
}

TEST(PartOf, NamesTheBlockThatHoldsTheItem) {
    for (const Sizes& sizes : random_sizes(3'000, 3)) {
        SCOPED_TRACE(sizes);
        Random random(Seed(4), 0, sizes.items);
        for (int sample = 0; sample < 20 && sizes.items > 0; ++sample) {
            const Index index = sample == 0 ? sizes.items - 1 : random.below(sizes.items);
            const std::uint64_t part = part_of(sizes.items, sizes.ranks, index);
            ASSERT_LT(part, sizes.ranks);
            EXPECT_TRUE(block(sizes.items, sizes.ranks, part).contains(index)) << index;
        }
    }
}

TEST(CyclicPieces, CoverEachItemOnce) {
    for (const Sizes& sizes : random_sizes(3'000, 5)) {
        SCOPED_TRACE(sizes);
        const std::uint64_t size = std::max<std::uint64_t>(sizes.minimum, 1);
        if (sizes.items / size > 2'000 || sizes.ranks > 2'000) continue;
        std::vector<Range> pieces;
        for (std::uint64_t part = 0; part < sizes.ranks; ++part) {
            const std::uint64_t count = cyclic_pieces(sizes.items, sizes.ranks, part, size);
            for (std::uint64_t piece = 0; piece < count; ++piece) {
                pieces.push_back(cyclic_piece(sizes.items, sizes.ranks, part, piece, size));
                EXPECT_EQ(cyclic_part_of(sizes.ranks, pieces.back().first, size), part);
            }
        }
        std::sort(pieces.begin(), pieces.end(), [](Range a, Range b) { return a.first < b.first; });
        std::uint64_t covered = 0;
        for (const Range& piece : pieces) {
            ASSERT_EQ(piece.first, covered);
            ASSERT_GT(piece.count, 0U);
            covered += piece.count;
        }
        EXPECT_EQ(covered, sizes.items);
    }
}

TEST(CyclicPieces, AreRightAtTheTopOf64Bits) {
    EXPECT_EQ(cyclic_pieces(most, 2, 0), most / 2 + 1);
    EXPECT_EQ(cyclic_piece(most, 2, 0, most / 2), (Range{most - 1, 1}));
    EXPECT_EQ(cyclic_pieces(most, 3, 0, most), 1U);
    EXPECT_EQ(cyclic_pieces(most, 3, 1, most), 0U);
    EXPECT_EQ(cyclic_piece(most, 3, 0, 0, most), (Range{0, most}));
    EXPECT_EQ(cyclic_piece(most, 2, 1, 0, most / 2 + 1), (Range{most / 2 + 1, most / 2}));
}

TEST(Grains, JoinTheNextOneAndCoverAllItems) {
    for (const Sizes& sizes : random_sizes(3'000, 6)) {
        SCOPED_TRACE(sizes);
        const Grains grains{.items = sizes.items, .size = sizes.grain};
        const std::uint64_t size = std::max<std::uint64_t>(sizes.grain, 1);
        if (sizes.items == 0) {
            EXPECT_EQ(grains.count(), 0U);
            continue;
        }
        EXPECT_EQ(grains[0].first, 0U);
        const Grain last = grains[grains.count() - 1];
        EXPECT_EQ(last.first + last.count, sizes.items);
        EXPECT_GE(last.count, 1U);
        EXPECT_LE(last.count, size);
        Random random(Seed(7), 0, sizes.items);
        for (int sample = 0; sample < 20 && grains.count() > 1; ++sample) {
            const std::uint64_t number = random.below(grains.count() - 1);
            EXPECT_EQ(grains[number], (Grain{number, number * size, size}));
            EXPECT_EQ(grains[number + 1].first, grains[number].first + size);
        }
    }
}

TEST(Grains, MayEndAtTwoToThe64) {
    const Grains grains{.items = 10, .size = 4, .first = most - 9};
    EXPECT_EQ(grains.count(), 3U);
    EXPECT_EQ(grains[2], (Grain{2, most - 1, 2}));
    EXPECT_TRUE(grains[2].items().contains(most));
    EXPECT_FALSE(grains[2].items().contains(0));
}

}  // namespace
}  // namespace cohort

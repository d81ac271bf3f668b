// A reduction has the same brackets whoever folds which part of it.

#include "sizes.hpp"

#include <cohort/plan/tree_fold.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>

namespace cohort {
namespace {

std::string bracketed(const std::string& left, const std::string& right) { return "(" + left + right + ")"; }
using Brackets = TreeFold<std::string, decltype(&bracketed)>;
using Sum = TreeFold<double, std::plus<>>;

std::string letter(std::uint64_t leaf) { return std::string(1, static_cast<char>('a' + leaf % 26)); }

// The definition, written down: what the node at (level, position) is.
std::string by_definition(std::uint64_t leaves, unsigned level, std::uint64_t position) {
    if (level == 0) return letter(position);
    const std::string left = by_definition(leaves, level - 1, 2 * position);
    const bool is_right_empty = (2 * position + 1) << (level - 1) >= leaves;
    return is_right_empty ? left : bracketed(left, by_definition(leaves, level - 1, 2 * position + 1));
}

std::string folded(std::uint64_t leaves, const std::vector<std::uint64_t>& order) {
    Brackets fold(leaves, bracketed);
    for (const std::uint64_t leaf : order) fold.add(leaf, letter(leaf));
    auto nodes = fold.take();
    EXPECT_EQ(nodes.size(), 1U);
    return nodes.at(0).value;
}

std::vector<std::uint64_t> ascending(std::uint64_t leaves) {
    std::vector<std::uint64_t> order(leaves);
    std::iota(order.begin(), order.end(), 0);
    return order;
}

// A term whose sum depends on every bracket: magnitudes far apart, both signs.
double term(std::uint64_t leaf) {
    Random random(Seed(21), 0, leaf);
    return std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(40)));
}

TEST(TreeFold, HasNoResultWithoutLeaves) { EXPECT_TRUE(Sum(0, {}).take().empty()); }

TEST(TreeFold, PutsBracketsWhereTheDefinitionSays) {
    EXPECT_EQ(folded(5, ascending(5)), "(((ab)(cd))e)");
    EXPECT_EQ(folded(7, ascending(7)), "(((ab)(cd))((ef)g))");
    for (std::uint64_t leaves = 1; leaves < 200; ++leaves) {
        const auto height = static_cast<unsigned>(std::bit_width(leaves - 1));
        EXPECT_EQ(folded(leaves, ascending(leaves)), by_definition(leaves, height, 0)) << leaves << " leaves";
    }
}

TEST(TreeFold, DoesNotDependOnTheOrderInWhichLeavesArrive) {
    for (std::uint64_t leaves = 1; leaves < 400; ++leaves) {
        std::vector<std::uint64_t> order = ascending(leaves);
        const std::string expected = folded(leaves, order);
        std::reverse(order.begin(), order.end());
        EXPECT_EQ(folded(leaves, order), expected) << leaves << " leaves, descending";
        Random random(Seed(22), 0, leaves);
        std::shuffle(order.begin(), order.end(), random);
        EXPECT_EQ(folded(leaves, order), expected) << leaves << " leaves, shuffled";
    }
}

// Leaves are dealt to ranks in random runs; each rank folds its own, and the root all their nodes, shuffled.
TEST(TreeFold, GivesTheSameBitsForAnyDistributionOverRanks) {
    for (std::uint64_t trial = 0; trial < 300; ++trial) {
        Random random(Seed(23), 0, trial);
        const std::uint64_t leaves = 1 + random.below(trial < 200 ? 60 : 3'000);
        const std::uint64_t ranks = 1 + random.below(9);
        Sum alone(leaves, {});
        std::vector<Sum> of_rank(ranks, Sum(leaves, {}));
        for (std::uint64_t leaf = 0; leaf < leaves;) {
            const std::uint64_t rank = random.below(ranks);
            for (std::uint64_t end = std::min(leaves, leaf + 1 + random.below(20)); leaf < end; ++leaf) {
                alone.add(leaf, term(leaf));
                of_rank[rank].add(leaf, term(leaf));
            }
        }
        std::vector<Sum::Node> nodes;
        for (Sum& fold : of_rank) {
            for (Sum::Node& node : fold.take()) nodes.push_back(node);
        }
        std::shuffle(nodes.begin(), nodes.end(), random);
        Sum root(leaves, {});
        for (const Sum::Node& node : nodes) root.add(node);
        const auto result = root.take();
        const auto expected = alone.take();
        ASSERT_EQ(result.size(), 1U);
        ASSERT_EQ(expected.size(), 1U);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(result[0].value),
                  std::bit_cast<std::uint64_t>(expected[0].value))
            << leaves << " leaves on " << ranks << " ranks";
    }
}

TEST(TreeFold, KeepsLogarithmicallyManyNodesOfARunOfLeaves) {
    const std::uint64_t leaves = 1'000'000;
    for (std::uint64_t trial = 0; trial < 20; ++trial) {
        Random random(Seed(24), 0, trial);
        Sum fold(leaves, {});
        const std::uint64_t first = random.below(leaves);
        for (std::uint64_t leaf = first; leaf < std::min(leaves, first + 50'000); ++leaf) fold.add(leaf, 1);
        const auto nodes = fold.take();
        EXPECT_LE(nodes.size(), 34U);
        double sum = 0;
        for (const auto& node : nodes) sum += node.value;
        EXPECT_EQ(sum, std::min<double>(50'000, static_cast<double>(leaves - first)));
    }
}

TEST(TreeFold, WorksAtTheTopOf64Bits) {
    const std::uint64_t leaves = test::most;
    Brackets fold(leaves, bracketed);
    fold.add(leaves - 1,
             "z");  // alone at the right edge: it is its own parent, and its sibling is leaf - 1's pair
    fold.add(leaves - 2, "y");
    fold.add(leaves - 3, "x");
    fold.add(Brackets::Node{63, 0, "half"});
    const auto nodes = fold.take();
    ASSERT_EQ(nodes.size(), 2U);
    EXPECT_EQ(nodes[0].value, "half");
    EXPECT_EQ(nodes[1].value, "((xy)z)");
    EXPECT_EQ(nodes[1].first(), leaves - 3);

    Brackets whole(leaves, bracketed);
    whole.add(Brackets::Node{63, 1, "right"});
    whole.add(Brackets::Node{63, 0, "left"});
    const auto root = whole.take();
    ASSERT_EQ(root.size(), 1U);
    EXPECT_EQ(root[0].value, "(leftright)");
    EXPECT_EQ(root[0].level, 64U);
}

TEST(TreeFold, FoldsValuesThatCanOnlyBeMoved) {
    using Box = std::unique_ptr<std::string>;
    const auto join = [](Box left, const Box& right) {
        left->append(*right);
        return left;
    };
    TreeFold<Box, decltype(join)> fold(6, join);
    for (const std::uint64_t leaf : {3U, 0U, 5U, 1U, 4U, 2U})
        fold.add(leaf, std::make_unique<std::string>(letter(leaf)));
    auto nodes = fold.take();
    ASSERT_EQ(nodes.size(), 1U);
    EXPECT_EQ(*nodes[0].value, "abcdef");
}

TEST(TreeFold, RefusesALeafThatWasAddedAlready) {
    Brackets fold(8, bracketed);
    for (const std::uint64_t leaf : {0U, 1U, 2U, 3U}) fold.add(leaf, letter(leaf));
    fold.add(2, "c");
    EXPECT_THROW((void)fold.take(), Fault);
}

}  // namespace
}  // namespace cohort

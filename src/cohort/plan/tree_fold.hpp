// The fixed tree along which partial results are folded.
//
// Floating-point addition is not associative, so a sum is only reproducible if its brackets are. Here they
// are set by the number of leaves alone: the node at (level, position) covers the leaves [position << level,
// (position + 1) << level), as far as there are any; its value is op(left child, right child), or the left
// child's where the right one would cover nothing. Who computes which node makes no difference. So each rank
// folds whatever whole subtrees it has the leaves of, and what is left, at most two nodes per level and per
// run of leaves, is folded in the same way where it is gathered.
//
//     TreeFold<double, std::plus<>> mine(grains.count(), {});
//     mine.add(grain.number, partial);                       // each grain of this rank, once
//     for (TreeNode<double>& node : mine.take()) send(node);
//
//     TreeFold<double, std::plus<>> all(grains.count(), {});
//     all.add(received);                                     // every node of every rank, in any order
//     std::vector<TreeNode<double>> result = all.take();     // one node, unless there are no leaves
//
// `op` need not commute: a left operand always covers lower leaves than the right one.
#pragma once

#include <cohort/plan/error.hpp>
#include <cohort/plan/index.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace cohort {

template <typename T>
struct TreeNode {
    unsigned level = 0;
    std::uint64_t position = 0;
    T value;

    // The first leaf that the node covers.
    [[nodiscard]] constexpr Index first() const noexcept { return level < 64 ? position << level : 0; }
};

template <typename T, typename Op>
class TreeFold {
  public:
    using Node = TreeNode<T>;

    // Local. Folds along the tree over `leaves` leaves. T may be move-only; `op` takes two T as rvalues and
    // returns one.
    TreeFold(std::uint64_t leaves, Op op) : leaves_(leaves), op_(std::move(op)) {}

    // Local. Adds the value of one leaf, which must be below `leaves`. Constant time, amortised, for leaves
    // in ascending order; logarithmic in what is kept for others. Throws Fault, here or in take(), for a leaf
    // that was added already.
    [[gnu::always_inline]] void add(std::uint64_t leaf, T value) { add(Node{0, leaf, std::move(value)}); }

    // Local. The same for a node that another TreeFold over as many leaves has folded.
    [[gnu::always_inline]] void add(Node node) {
        if (nodes_.empty() || node.first() > last_leaf(nodes_.back())) {
            append(std::move(node));
        } else {
            add_late(std::move(node));
        }
    }

    // Local. The largest whole subtrees of what was added, in the order of their leaves, and forgets them.
    [[nodiscard]] std::vector<Node> take() {
        settle();
        return std::exchange(nodes_, {});
    }

  private:
    static constexpr std::size_t fewest_late = 64;

    // The last leaf that a node covers.
    [[nodiscard]] Index last_leaf(const Node& node) const noexcept {
        const Index span = node.level < 64 ? (Index{1} << node.level) - 1 : no_index;
        return std::min(node.first() | span, leaves_ - 1);
    }

    // The right sibling of a left child at the edge of the tree covers nothing: the parent's value is the
    // child's.
    [[nodiscard]] bool is_parent_too(const Node& node) const noexcept {
        return node.position != 0 && node.position % 2 == 0 && last_leaf(node) == leaves_ - 1;
    }

    static bool are_siblings(const Node& left, const Node& right) noexcept {
        return left.level == right.level && left.position % 2 == 0 && right.position == left.position + 1;
    }

    // Apart, so that the usual way is short enough to be inlined.
    void add_late(Node node) {
        late_.push_back(std::move(node));
        if (late_.size() > std::max(fewest_late, 2 * nodes_.size())) {
            settle();
        }
    }

    // Adds a node beyond all of nodes_, and folds what it completes. nodes_ holds no two siblings, and whole
    // subtrees only.
    [[gnu::always_inline]] void append(Node node) {
        nodes_.push_back(std::move(node));
        for (;;) {
            Node& back = nodes_.back();
            if (is_parent_too(back)) {
                ++back.level;
                back.position /= 2;
                continue;
            }
            if (nodes_.size() < 2 || !are_siblings(nodes_[nodes_.size() - 2], back)) {
                return;
            }
            Node& left = nodes_[nodes_.size() - 2];
            left.value = std::invoke(op_, std::move(left.value), std::move(back.value));
            ++left.level;
            left.position /= 2;
            nodes_.pop_back();
        }
    }

    // Folds the nodes that came out of order: sorts all that is kept, and appends it anew. Done when there
    // are twice as many late nodes as others, so that its cost is logarithmic per node and little is kept
    // unfolded.
    void settle() {
        if (late_.empty()) {
            return;
        }
        std::vector<Node> all = std::exchange(late_, {});
        std::move(nodes_.begin(), nodes_.end(), std::back_inserter(all));
        nodes_.clear();
        std::sort(all.begin(), all.end(), [](const Node& a, const Node& b) { return a.first() < b.first(); });
        for (Node& node : all) {
            if (!nodes_.empty() && node.first() <= last_leaf(nodes_.back())) {
                throw Fault("leaf " + std::to_string(node.first()) + " of a reduction was added twice");
            }
            append(std::move(node));
        }
    }

    std::uint64_t leaves_;
    Op op_;
    std::vector<Node> nodes_;  // in the order of their leaves
    std::vector<Node> late_;   // what came after something beyond it, in no order
};

}  // namespace cohort

// Which ranks share memory, and the tree along which their nodes talk.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace cohort::detail {

class Transport;

// The nodes of a team, numbered in the order of their first ranks, which speak for them. Node 0 holds the root.
struct Nodes {
    std::vector<int> node_of;  // by rank
    std::vector<int> leader;   // by node: its first rank
    std::vector<int> ranks;    // by node: how many
    int mine = 0;
    int rank_in_node = 0;

    [[nodiscard]] int count() const noexcept { return static_cast<int>(leader.size()); }
    // Nodes form a binary tree by number: the leader of the parent, or -1 for node 0.
    [[nodiscard]] int parent() const noexcept;
    // The leaders of the children: none, one or two.
    [[nodiscard]] std::vector<int> children() const;
};

// Collective over `team`. Finds the nodes; `node` receives a transport of the ranks of this rank's. Ranks on one machine
// that cannot share memory count as nodes of their own. COHORT_RANKS_PER_NODE=k cuts each node into nodes of k ranks, so
// that what happens between nodes can be tried on one machine.
[[nodiscard]] Nodes find_nodes(Transport& team, std::unique_ptr<Transport>& node);

[[nodiscard]] std::string host_name();

// Local. True if the machine has fewer cores for this process than `ranks`.
[[nodiscard]] bool more_than_cores(int ranks);

}  // namespace cohort::detail

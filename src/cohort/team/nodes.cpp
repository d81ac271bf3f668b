#include <cohort/team/nodes.hpp>

#include <cohort/team/shared_memory.hpp>
#include <cohort/team/transport.hpp>

#include <algorithm>
#include <cstdlib>
#include <sched.h>
#include <span>
#include <unistd.h>
#include <utility>

namespace cohort::detail {
namespace {

// Collective. Replaces `transport` by its part with the same colour.
void narrow(std::unique_ptr<Transport>& transport, int colour) {
    std::unique_ptr<Transport> part = transport->split(colour);
    transport->close();
    transport = std::move(part);
}

// Collective. What each rank gave, by rank.
std::vector<std::uint64_t> all_of(Transport& transport, std::uint64_t mine) {
    std::vector<std::uint64_t> all(static_cast<std::size_t>(transport.size()));
    Request request = transport.start_gather(mine, all);
    transport.wait(request, true);
    request = transport.start_broadcast(0, std::as_writable_bytes(std::span(all)));
    transport.wait(request, true);
    return all;
}

int pretended_node_size() {
    const char* text = std::getenv("COHORT_RANKS_PER_NODE");
    return text != nullptr ? std::max(std::atoi(text), 0) : 0;
}

}  // namespace

int Nodes::parent() const noexcept {
    return mine == 0 ? -1 : leader[static_cast<std::size_t>((mine - 1) / 2)];
}

std::vector<int> Nodes::children() const {
    std::vector<int> result;
    for (int child = 2 * mine + 1; child <= 2 * mine + 2 && child < count(); ++child) {
        result.push_back(leader[static_cast<std::size_t>(child)]);
    }
    return result;
}

Nodes find_nodes(Transport& team, std::unique_ptr<Transport>& node) {
    node = team.split_by_machine();
    if (const int ranks = pretended_node_size(); ranks > 0) {
        narrow(node, node->rank() / ranks);
    }
    if (!SharedMemory::possible(*node)) {
        narrow(node, node->rank());
    }

    Nodes nodes;
    nodes.rank_in_node = node->rank();
    int leader = team.rank();
    Request request = node->start_broadcast(0, writable_bytes_of(leader));
    node->wait(request, true);
    const std::vector<std::uint64_t> leaders = all_of(team, static_cast<std::uint64_t>(leader));
    nodes.leader.assign(leaders.begin(), leaders.end());
    std::sort(nodes.leader.begin(), nodes.leader.end());
    nodes.leader.erase(std::unique(nodes.leader.begin(), nodes.leader.end()), nodes.leader.end());
    nodes.ranks.assign(nodes.leader.size(), 0);
    for (const std::uint64_t first : leaders) {
        const auto place =
            std::lower_bound(nodes.leader.begin(), nodes.leader.end(), static_cast<int>(first)) -
            nodes.leader.begin();
        nodes.node_of.push_back(static_cast<int>(place));
        ++nodes.ranks[static_cast<std::size_t>(place)];
    }
    nodes.mine = nodes.node_of[static_cast<std::size_t>(team.rank())];
    return nodes;
}

std::string host_name() {
    char name[256] = {};
    return ::gethostname(name, sizeof(name) - 1) == 0 ? name : "unknown host";
}

bool more_than_cores(int ranks) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (::sched_getaffinity(0, sizeof(cores), &cores) != 0) {
        return true;
    }
    // A rank that is bound to fewer cores than the node has ranks may still have them for itself alone.
    const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
    const int mine = CPU_COUNT(&cores);
    return ranks > (mine < ranks ? static_cast<int>(online) : mine);
}

}  // namespace cohort::detail

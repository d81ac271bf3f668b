#include <cohort/team/nodes.hpp>

#include <cohort/team/mpi.hpp>
#include <cohort/team/shared_memory.hpp>

#include <algorithm>
#include <cstdlib>
#include <sched.h>
#include <unistd.h>

namespace cohort::detail {
namespace {

int rank_of(MPI_Comm comm) {
    int rank = 0;
    check_mpi(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
    return rank;
}

// Collective. Replaces `comm` by its part with the same colour, in the order of ranks.
void narrow(MPI_Comm& comm, int colour) {
    MPI_Comm part = MPI_COMM_NULL;
    check_mpi(MPI_Comm_split(comm, colour, rank_of(comm), &part), "MPI_Comm_split");
    check_mpi(MPI_Comm_free(&comm), "MPI_Comm_free");
    comm = part;
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

Nodes find_nodes(MPI_Comm comm, MPI_Comm& node) {
    const int rank = rank_of(comm);
    int size = 1;
    check_mpi(MPI_Comm_size(comm, &size), "MPI_Comm_size");
    check_mpi(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &node),
              "MPI_Comm_split_type");
    if (const int ranks = pretended_node_size(); ranks > 0) {
        narrow(node, rank_of(node) / ranks);
    }
    if (!SharedMemory::possible(node)) {
        narrow(node, rank_of(node));
    }

    Nodes nodes;
    nodes.rank_in_node = rank_of(node);
    int leader = rank;
    check_mpi(MPI_Bcast(&leader, 1, MPI_INT, 0, node), "MPI_Bcast");
    std::vector<int> leaders(static_cast<std::size_t>(size));
    check_mpi(MPI_Allgather(&leader, 1, MPI_INT, leaders.data(), 1, MPI_INT, comm), "MPI_Allgather");
    nodes.leader = leaders;
    std::sort(nodes.leader.begin(), nodes.leader.end());
    nodes.leader.erase(std::unique(nodes.leader.begin(), nodes.leader.end()), nodes.leader.end());
    nodes.ranks.assign(nodes.leader.size(), 0);
    for (const int first : leaders) {
        const auto place =
            std::lower_bound(nodes.leader.begin(), nodes.leader.end(), first) - nodes.leader.begin();
        nodes.node_of.push_back(static_cast<int>(place));
        ++nodes.ranks[static_cast<std::size_t>(place)];
    }
    nodes.mine = nodes.node_of[static_cast<std::size_t>(rank)];
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

// A team: the ranks that make a call together, and what they share.
//
//     cohort::Team& team = ...;                      // from cohort::run
//     cohort::Team half = team.split(team.rank() % 2);
//     cohort::Team mine = team.node();               // the ranks that share this node's memory
//
// Everything collective and slow is done once per team: a private communicator, the map of ranks to nodes, and one
// window of memory shared by the ranks of each node, in which every later call keeps its counters. So a call itself
// creates nothing, and calls back to back cost about a microsecond.
#pragma once

#include <mpi.h>

#include <functional>
#include <memory>
#include <string>

namespace cohort {

namespace detail {
class TeamCore;
class Transport;
}  // namespace detail

class Team {
  public:
    // Local. A team of this process only. Needs no MPI and calls none.
    [[nodiscard]] static Team alone();

    // Collective over `comm`, which is duplicated. MPI must be initialised.
    [[nodiscard]] static Team over(MPI_Comm comm);
    // Collective over the ranks of `transport`. For cohort's own tests.
    [[nodiscard]] static Team over(std::unique_ptr<detail::Transport> transport);

    Team(Team&&) noexcept;
    Team& operator=(Team&&) noexcept;
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;
    // Local. Marks what the team holds; its parent's next call, or the parent's close(), frees it.
    ~Team();

    [[nodiscard]] int rank() const noexcept;
    [[nodiscard]] int size() const noexcept;
    // The rank that holds sequences and talks to the user: rank 0.
    [[nodiscard]] bool is_root() const noexcept { return rank() == 0; }

    [[nodiscard]] int nodes() const noexcept;
    [[nodiscard]] int node_number() const noexcept;  // of this rank
    [[nodiscard]] int node_rank() const noexcept;    // among the ranks of its node
    [[nodiscard]] int node_size() const noexcept;    // ranks of this node
    [[nodiscard]] int node_of(int rank) const;
    [[nodiscard]] std::string host() const;

    // Collective. The ranks that give the same colour, which must not be negative, in the order of their ranks here.
    [[nodiscard]] Team split(int colour);
    // Collective. The ranks that share this node's memory.
    [[nodiscard]] Team node();

    // Collective. Returns when every rank has come; waits without burning a core.
    void barrier();

    // Collective. Runs `body` on every rank; if it throws on any, throws on all of them the error of the lowest such
    // rank, keeping its type where it is one of ours and as a TaskError where it is not.
    void agree(const std::function<void()>& body);

    // Local. For parallel libraries such as HDF5; MPI_COMM_NULL in a team without MPI.
    [[nodiscard]] MPI_Comm comm() const noexcept;

    // Collective. Frees all that the team and teams split from it hold. Done by cohort::run for its team.
    void close();

    // Local. For cohort's own layers.
    [[nodiscard]] detail::TeamCore& core() const noexcept { return *core_; }

  private:
    explicit Team(std::shared_ptr<detail::TeamCore> core) noexcept;

    std::shared_ptr<detail::TeamCore> core_;
};

}  // namespace cohort

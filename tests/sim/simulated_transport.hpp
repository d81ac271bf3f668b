// The network of a simulation: what its ranks' transports have in common. See simulation.hpp.
//
// It is as unkind as MPI may be. A synchronous send is over only when its receive has begun; a long send may be too. What
// is sent is read, and what arrives is written, when both have met. Who only gives in a collective operation may have to
// wait for the others or not, and ranks pass on what others give. When all of this moves is the business of progress.hpp.
// Beyond that it is strict: a message that no one receives, a receive that is given up after its message came, a buffer
// that is too short and collective operations that do not match end the run.
#pragma once

#include <sim/progress.hpp>
#include <sim/scheduler.hpp>

#include <cohort/team/transport.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cohort::testing {

class Network {
  public:
    struct Group;      // the ranks of a transport
    struct Operation;  // what a Request stands for

    Network(Scheduler& scheduler, std::vector<int> node_of, Manners manners);
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;
    ~Network();

    // Of all ranks.
    [[nodiscard]] std::unique_ptr<detail::Transport> transport_of(int rank);
    // What `rank` waits for, in words.
    [[nodiscard]] std::string waiting(int rank) const;

    [[nodiscard]] Scheduler& scheduler() noexcept { return scheduler_; }
    [[nodiscard]] int node_of(int rank) const { return node_of_[static_cast<std::size_t>(rank)]; }

    [[nodiscard]] Progress& progress() noexcept { return progress_; }

    // A new operation of the rank that runs.
    std::pair<std::uint64_t, std::shared_ptr<Operation>> add(const std::string& what);
    [[nodiscard]] const std::shared_ptr<Operation>& find(const detail::Request& request) const;
    void remove(detail::Request& request);

  private:
    Scheduler& scheduler_;
    Progress progress_;
    std::vector<int> node_of_;
    std::shared_ptr<Group> all_;
    std::map<std::uint64_t, std::shared_ptr<Operation>> operations_;
    std::uint64_t last_ = 0;
};

}  // namespace cohort::testing

// A counter and a lock that the ranks of a node share.
//
//     cohort::Team node = team.node();
//     cohort::Counter hits(node);
//     cohort::for_each(node, cohort::indices(n), [&](cohort::Index i) { if (good(i)) hits.add(1); });
//
// For what map_reduce cannot say: its results are the same on any number of ranks, a counter read halfway is not.
#pragma once

#include <cohort/team/shared_memory.hpp>
#include <cohort/team/team.hpp>

#include <cstdint>

namespace cohort {

class Counter {
  public:
    // Collective over `team`, whose ranks must be on one node.
    explicit Counter(Team& team, std::uint64_t start = 0);

    // Local, at once, by one atomic add; returns the value before. About 16 ns when two ranks contend.
    std::uint64_t add(std::uint64_t amount = 1) noexcept;
    // Local. One load.
    [[nodiscard]] std::uint64_t value() const noexcept;

  private:
    detail::SharedMemory memory_;
};

// For std::lock_guard and std::unique_lock. A rank that dies in possession of the lock ends the run rather than leave the
// others waiting: what the lock guards may be half changed.
class Mutex {
  public:
    // Collective over `team`, whose ranks must be on one node.
    explicit Mutex(Team& team);
    Mutex(Mutex&&) = default;
    Mutex& operator=(Mutex&&) = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;
    ~Mutex() = default;

    // Local; waits for the rank that has it, and moves messages meanwhile. Throws Fault if that rank died.
    void lock();
    [[nodiscard]] bool try_lock();
    void unlock();

  private:
    detail::TeamCore* team_;
    detail::SharedMemory memory_;
};

}  // namespace cohort

// When what the ranks of a simulation have for each other moves. See simulation.hpp.
//
// MPI promises to move messages on while their rank calls it, and most of what it does besides is a favour. So in some runs
// (see Manners) what a rank sends leaves it at its next call after it was started, or a few later, also where the rank is
// done with it, or only passes it on for others; and what has reached a rank counts as received when it calls in next. In
// some a rank's first message to another waits until both have called in to connect. A call is one of any function of any
// transport of the rank. Whoever waits for something else, such as a word in shared memory, and does not call in
// meanwhile, keeps the others waiting.
#pragma once

#include <sim/scheduler.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <vector>

namespace cohort::testing {

// Ranks are those of the whole network.
class Progress {
  public:
    Progress(Scheduler& scheduler, int ranks, Manners manners);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    // Every call of a transport of `rank` begins with this.
    void call_in(int rank);
    // `rank` has nothing more to do: MPI's end moves on what is left.
    void end(int rank);

    // Calls leave() when a message of rank `from` may leave it for `to`: of two to the same rank the first one first.
    void send_off(int from, int to, std::function<void()> leave);
    // Calls leave() when rank `from` may say that it has taken a message.
    void acknowledge(int from, std::function<void()> leave);
    // Calls take_note() when `rank` takes note of what has reached it.
    void arrive(int rank, std::function<void()> take_note);

    // How much has not left `rank`.
    [[nodiscard]] std::size_t kept(int rank) const;

  private:
    struct Process;

    [[nodiscard]] Process& process(int rank);
    [[nodiscard]] std::uint64_t calls_until_it_leaves();
    void move(Process& process);
    void connect(int from, int to);
    void greet(int from, int to, std::uint64_t calls, std::function<void()> take_note);
    void take_note_in_call(int rank, std::function<void()> take_note);

    Scheduler& scheduler_;
    Manners manners_;
    std::vector<Process> processes_;
};

}  // namespace cohort::testing

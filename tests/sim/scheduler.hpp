// Which rank of a simulation runs, and what time it is. See simulation.hpp.
#pragma once

#include <sim/simulation.hpp>

#include <boost/context/fiber.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <string>
#include <vector>

namespace cohort::testing {

class Scheduler {
  public:
    Scheduler(std::uint64_t seed, int ranks);
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;
    ~Scheduler();

    // Calls body(rank) on each rank.
    void run(const std::function<void(int)>& body);

    // From a rank. Those of hook::, see there.
    void step() noexcept;
    void changed() noexcept;
    void wrote(const volatile void* place, std::uint64_t before, std::uint64_t after) noexcept;
    void pause() noexcept;
    void sleep(std::int64_t ns) noexcept;
    [[nodiscard]] std::int64_t clock() noexcept;
    void accompany(const std::function<void()>& service);
    void leave_alone();
    // Ends the run soon; from a rank, at once.
    void fault(const std::string& report);
    [[noreturn]] void give_up(const std::string& report);

    // What is to happen at `time`, whoever runs then.
    void at(std::int64_t time, std::function<void()> what);
    void run_events();
    // How long a message takes.
    [[nodiscard]] std::int64_t delay() noexcept;

    [[nodiscard]] Dice& dice() noexcept { return dice_; }
    [[nodiscard]] int current() const noexcept;
    [[nodiscard]] std::int64_t time() const noexcept { return now_; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    [[nodiscard]] std::uint64_t trace() const noexcept { return trace_; }
    [[nodiscard]] std::uint64_t last_change() const noexcept { return changed_at_step_; }
    [[nodiscard]] const std::string& report() const noexcept { return report_; }
    [[nodiscard]] std::string stack_of(int number) const;
    [[nodiscard]] bool is_over(int number) const;

  private:
    struct Fiber;
    struct Event {
        std::int64_t time;
        std::uint64_t number;
        std::function<void()> what;

        bool operator<(const Event& other) const noexcept {  // for a queue with the earliest on top
            return std::pair(other.time, other.number) < std::pair(time, number);
        }
    };

    void make(Fiber& fiber, const std::function<void()>& body);
    void resume(Fiber& fiber);
    void leave();
    void take_stacks();
    void weigh();
    [[nodiscard]] Fiber& choose();
    [[nodiscard]] std::int64_t next_wake() const;
    [[nodiscard]] bool jump();
    [[nodiscard]] bool is_stuck();
    [[nodiscard]] bool is_new(std::uint64_t state);

    Dice dice_;
    std::deque<Fiber> fibers_;    // of the ranks, then of companions
    boost::context::fiber main_;  // while a rank runs: where the scheduler goes on
    Fiber* current_ = nullptr;
    int live_ = 0;
    std::int64_t now_ = 1'000'000'000;  // ns
    std::priority_queue<Event> events_;
    std::uint64_t next_event_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t shared_ = 0;  // a hash of what atomic words hold
    std::vector<std::uint64_t> known_;
    std::uint64_t changes_ = 0;
    std::uint64_t changed_at_step_ = 0;
    std::uint64_t pauses_ = 0;  // since the last change
    std::uint64_t trace_ = 0;
    std::string report_;
    bool taking_stacks_ = false;

    // The temper of the seed.
    std::uint64_t undisturbed_ = 1;  // steps between switches, on average
    std::int64_t lateness_ = 0;      // of a message, in ns
    std::int64_t until_switch_ = 1;
    std::uint64_t until_weighing_ = 1;
};

}  // namespace cohort::testing

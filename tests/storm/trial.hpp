// One call of a storm: what it is told, and what must come of it.
//
// Options, input, results and what throws follow from a seed, alike on all ranks and each independent of the others, so
// that whatever the options allow together is tried together at some time. How long tasks take is each rank's own affair.
// What must come of it is worked out here without any call.
#pragma once

#include <cohort/run/context.hpp>
#include <cohort/run/observer.hpp>
#include <cohort/run/options.hpp>
#include <cohort/team/team.hpp>
#include <support/dice.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace cohort::testing {

// How much a storm may take: sleep costs nothing in a simulation, and its atomic operations cost more than elsewhere.
struct Pace {
    std::uint64_t most_items = 1'000;
    std::uint64_t sleepy_in = 1;  // one call in so many is made by ranks that sleep now and then
    std::chrono::nanoseconds longest_sleep{3'000'000};
    bool signals = true;
};

// What a task of a storm throws.
struct Mishap : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Results that are sent as they are in memory, and others, some of which are long.
using Number = std::uint64_t;
using Numbers = std::vector<std::uint64_t>;

class Trial {
  public:
    Trial(Team& team, std::uint64_t seed, const Pace& pace);
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    Team& team;
    std::uint64_t seed;
    Pace pace;
    Dice dice;  // for what else is to be drawn: the same on every rank

    // Items `first` to `first + count - 1`; first is 0 unless the input is a range.
    Index first = 0;
    std::uint64_t count = 0;
    bool is_range = false;
    Options options;
    // Where what is no task throws: a producer before it has made this item; a consumer, sink or operation when it gets the
    // result of this one.
    std::optional<Index> producer_throws_at = {};
    std::optional<Index> receiver_throws_at = {};
    bool tries_again_at_once = false;  // as streams in order and searches do
    bool drops_failures = false;       // as try_map without a list for them
    std::uint64_t unit = 1;            // items that fail together

    // A task that fails for good does not end the call.
    [[nodiscard]] bool outlives_failures() const noexcept { return collects() || drops_failures; }
    [[nodiscard]] bool collects() const noexcept { return options.collect != nullptr; }
    [[nodiscard]] bool has_results() const noexcept {
        return team.is_root() || options.results == Results::everywhere;
    }

    // The item that inputs which are no ranges have at place i.
    [[nodiscard]] std::uint64_t item(Index i) const;
    [[nodiscard]] std::string text(Index i) const;
    void expect_item(Number x, Index i) const;
    void expect_item(const std::string& x, Index i) const;

    // The task on item i.
    template <typename R>
    R run(Index i, Context& context) {
        begin(i, context);
        return result<R>(i, context.random()());
    }
    // What it must give.
    template <typename R>
    [[nodiscard]] R expected(Index i) const {
        return result<R>(i, Random(options.seed, 0, i)());
    }

    // Whether the unit of item i fails on that attempt; on every attempt that it has.
    [[nodiscard]] bool fails(Index i, int attempt) const;
    [[nodiscard]] bool is_lost(Index i) const;
    // The first items of the units that fail for good, in order.
    [[nodiscard]] std::vector<Index> lost() const;

    // Now and then takes a while.
    void dawdle();
    // What makes item i, and what takes its result, may throw instead.
    void before_making(Index i);
    void before_taking(Index i);
    // That the items in `done`, of all ranks, are all that are not lost, each once.
    void expect_complete(std::vector<Index> done) const;

    // From now on nothing throws.
    void heal();

    // Runs `call`. True if it gave a result; it must throw, or not, as the trial says, and list what is lost.
    bool succeeds(const std::function<void()>& call);
    // Of what succeeds() ran: the words of the error, empty if there was none.
    [[nodiscard]] const std::string& words() const noexcept { return words_; }
    [[nodiscard]] const std::vector<TaskFailure>& listed() const noexcept { return listed_; }
    void expect_listed(const std::vector<Index>& lost) const;

    friend std::ostream& operator<<(std::ostream& out, const Trial& trial);

  private:
    // Counts what the root's observer hears.
    class Listener : public Observer {
      public:
        void started(std::string_view call, std::optional<std::uint64_t> items) override;
        void advanced(std::uint64_t items) override;
        void ended(const Balance& balance) override;
        int started_ = 0;
        int ended_ = 0;
        std::uint64_t items_ = 0;
    };

    void begin(Index i, Context& context);
    template <typename R>
    [[nodiscard]] R result(Index i, std::uint64_t random) const {
        if constexpr (std::is_same_v<R, Number>) {
            return number(i, random);
        } else {
            return numbers(i, random);
        }
    }
    [[nodiscard]] Number number(Index i, std::uint64_t random) const;
    [[nodiscard]] Numbers numbers(Index i, std::uint64_t random) const;
    [[nodiscard]] std::uint64_t drawn(const char* what, Index i) const;
    void expect_right_failure(const TaskError& error) const;
    [[nodiscard]] bool must_fail() const;

    Dice mine_;  // of this rank
    std::uint64_t sleeps_in_ = 0;
    std::uint64_t fails_in_ = 0;  // one item in so many; 0: none
    std::vector<TaskFailure> listed_;
    Balance balance_;
    Listener listener_;
    std::string words_;
};

}  // namespace cohort::testing

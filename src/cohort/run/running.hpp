// A call as the run layer sees it: who watches, and how it is reported.
#pragma once

#include <cohort/run/balance.hpp>
#include <cohort/run/failures.hpp>
#include <cohort/run/options.hpp>
#include <cohort/team/call.hpp>
#include <cohort/team/team.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace cohort::detail {

[[nodiscard]] Balance balance_of(const Totals& totals);

// When a unit that failed is tried again: once all others are done, by the next rank; or at once, by the same.
enum class Retry { at_end, at_once };

// A call has one pass over all its units, and with Retry::at_end one more for each time that some are tried again. A
// pass is a Call of its own, since whatever waits for the end of one may then rely on it.
class Running {
  public:
    // Collective, without waiting. `items` is for the observers: their number, where it is known.
    Running(Team& team, const CallPlan& plan, const Options& options, std::optional<std::uint64_t> items,
            Retry retry = Retry::at_end);
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() = default;

    // Of this pass.
    [[nodiscard]] Call& call() noexcept { return *call_; }
    [[nodiscard]] const Options& options() const noexcept { return options_; }

    // What this rank does whenever it waits, and the root before each claim. It returns whether there was
    // something to do.
    void serve_with(std::function<bool()> service) { service_ = std::move(service); }
    // Local. The next chunk of this rank.
    [[nodiscard]] std::optional<Chunk> claim();
    // Local. Tells the observers, if they have not heard for a while.
    void tell();

    // True if a task may fail without ending the call.
    [[nodiscard]] bool outlives_failures() const noexcept {
        return options_.retries > 0 || options_.collect != nullptr;
    }
    // True if items have to be kept until their tasks are done, which may move from them.
    [[nodiscard]] bool tries_again() const noexcept { return options_.retries > 0; }
    // How often the units of this pass have failed before.
    [[nodiscard]] int attempt() const noexcept { return pass_; }

    // Local. The task on `unit`, the items from `item` on, threw on attempt number `attempt`. Says whether the call ends,
    // the task is tried again here, or it has no result in this pass.
    enum class Fate { ends, again, lost };
    [[nodiscard]] Fate failed(std::uint64_t unit, Index item, std::uint64_t items, int attempt,
                              const std::exception_ptr& exception);
    // Local. The items of the unit that was lost last.
    void keep_items(Bytes items) { failed_.back().items = std::move(items); }

    // Collective. Ends a pass; true if there is another, for the units that failed in it. Free of cost where a failure
    // ends the call. To be called until it returns false, and before finish().
    [[nodiscard]] bool again();
    // Local. In such a pass, the next unit of this rank; null if there is none.
    [[nodiscard]] const FailedUnit* next_failed();
    // Local, once there are no more passes. What has failed for good, in order, the same on every rank.
    [[nodiscard]] const std::vector<FailedUnit>& lost() const noexcept { return failed_; }
    [[nodiscard]] std::uint64_t lost_items() const noexcept;

    // Collective. Ends the call, fills the report, and throws if the call failed. A closing is for calls of one pass.
    Outcome finish(const Call::Closing* closing = nullptr);

  private:
    bool serve();
    void end_pass(const Call::Closing* closing = nullptr);

    Team& team_;
    const Options& options_;
    CallPlan plan_;
    Retry retry_;
    std::optional<Call> call_;
    Outcome outcome_;
    std::function<bool()> service_;
    std::chrono::steady_clock::time_point told_{};
    int pass_ = 0;
    std::vector<FailedUnit> failed_;  // in a pass, of this rank; after it, of all
    std::vector<FailedUnit> mine_;    // those of the last pass that this rank tries in this one
    std::size_t next_ = 0;            // of them
};

}  // namespace cohort::detail

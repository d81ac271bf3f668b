// A call as the run layer sees it: who watches, and how it is reported.
#pragma once

#include <cohort/run/balance.hpp>
#include <cohort/run/options.hpp>
#include <cohort/team/call.hpp>
#include <cohort/team/team.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace cohort::detail {

[[nodiscard]] Balance balance_of(const Totals& totals);

class Running {
  public:
    // Collective, without waiting. `items` is for the observers: their number, where it is known.
    Running(Team& team, const CallPlan& plan, const Options& options, std::optional<std::uint64_t> items);
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() = default;

    [[nodiscard]] Call& call() noexcept { return call_; }
    [[nodiscard]] const Options& options() const noexcept { return options_; }

    // What this rank does whenever it waits, and the root before each claim. What it returns is of no matter.
    void serve_with(std::function<bool()> service) { service_ = std::move(service); }
    // Local. The next chunk of this rank.
    [[nodiscard]] std::optional<Chunk> claim();
    // Local. Tells the observers, if they have not heard for a while.
    void tell();

    // Collective. Ends the call, fills the report, and throws if the call failed.
    Outcome finish();

  private:
    void serve();

    const Options& options_;
    Call call_;
    std::function<bool()> service_;
    std::chrono::steady_clock::time_point told_{};
};

}  // namespace cohort::detail

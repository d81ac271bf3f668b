// When monte_carlo stops, and its rounds told as one call.
#pragma once

#include <cohort/plan/moments.hpp>
#include <cohort/run/balance.hpp>
#include <cohort/run/observer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace cohort::detail {

// As in MonteCarloOptions.
struct Stop {
    std::uint64_t samples = 0;
    double target_error = 0;
    double relative_error = 0;
    std::uint64_t least = 0;
    double confidence = 0.95;

    // Throws UsageError for what would never stop, or makes no sense.
    void check() const;
    [[nodiscard]] bool has_target() const noexcept { return target_error > 0 || relative_error > 0; }
    [[nodiscard]] std::uint64_t most() const noexcept {
        return samples > 0 ? samples : std::numeric_limits<std::uint64_t>::max();
    }
    [[nodiscard]] std::optional<std::uint64_t> known_samples() const noexcept {
        return has_target() ? std::nullopt : std::optional(samples);
    }
    [[nodiscard]] bool is_reached(std::uint64_t done, const Estimate& estimate) const noexcept;
    template <std::size_t N>
    [[nodiscard]] bool is_reached(std::uint64_t done,
                                  const std::array<Estimate, N>& estimates) const noexcept {
        return std::all_of(estimates.begin(), estimates.end(),
                           [&](const Estimate& estimate) { return is_reached(done, estimate); });
    }
};

// Tells observers of several calls over grains as of one over samples, and adds up their balances.
class RoundsReport : public Observer {
  public:
    RoundsReport(const std::vector<Observer*>& observers, Balance* report, std::uint64_t grain,
                 std::optional<std::uint64_t> samples)
        : observers_(observers), report_(report), grain_(grain), samples_(samples) {}

    // Runs call(observers, balance), which does the samples [begin, end).
    template <typename Call>
    auto of_round(std::uint64_t begin, std::uint64_t end, const Call& call) {
        begin_ = begin;
        end_ = end;
        Balance balance;
        std::vector<Observer*> me;
        if (!observers_.empty()) me.push_back(this);
        try {
            auto result = call(me, balance);
            add(balance, end - begin);
            return result;
        } catch (...) {
            add(balance, std::min(balance.items * grain_, end - begin));
            this->end();
            throw;
        }
    }
    // Of all rounds.
    void end();

    void started(std::string_view call, std::optional<std::uint64_t> grains) override;
    void advanced(std::uint64_t grains) override;

  private:
    void add(Balance balance, std::uint64_t samples);

    const std::vector<Observer*>& observers_;
    Balance* report_;
    std::uint64_t grain_;
    std::optional<std::uint64_t> samples_;
    std::uint64_t begin_ = 0;
    std::uint64_t end_ = 0;
    bool has_started_ = false;
    Balance total_;
};

}  // namespace cohort::detail

#include <cohort/run/running.hpp>

#include <cohort/run/observer.hpp>

namespace cohort::detail {
namespace {

constexpr std::chrono::milliseconds between_news{50};

double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }

}  // namespace

Balance balance_of(const Totals& totals) {
    Balance balance;
    balance.items = totals.items;
    balance.ranks = totals.ranks;
    balance.wall_time = seconds(totals.wall);
    balance.serial_time = seconds(totals.busy);
    balance.waiting_time = seconds(totals.wall * totals.ranks - totals.busy);
    balance.slowest_time = seconds(totals.longest_busy);
    balance.slowest_rank = totals.slowest_rank;
    balance.stop_latency = seconds(totals.stop_latency);
    return balance;
}

Running::Running(Team& team, const CallPlan& plan, const Options& options, std::optional<std::uint64_t> items)
    : options_(options), call_(team.core(), plan) {
    if (team.is_root()) {
        for (Observer* observer : options.observers) {
            observer->started(options.name, items);
        }
    }
    call_.serve_with([this] { serve(); });
}

void Running::serve() {
    if (service_) {
        service_();
    }
    tell();
}

std::optional<Chunk> Running::claim() {
    if (call_.team().rank() == 0) {
        serve();
    }
    return call_.claim();
}

void Running::tell() {
    if (options_.observers.empty() || call_.team().rank() != 0) {
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ > between_news) {
        told_ = now;
        const std::uint64_t items = call_.items_finished();
        for (Observer* observer : options_.observers) {
            observer->advanced(items);
        }
    }
}

Outcome Running::finish() {
    service_ = nullptr;
    const Outcome outcome = call_.end();
    const Balance balance = balance_of(outcome.totals);
    if (options_.report != nullptr) {
        *options_.report = balance;
    }
    if (call_.team().rank() == 0) {
        for (Observer* observer : options_.observers) {
            observer->advanced(outcome.totals.items);
            observer->ended(balance);
        }
    }
    outcome.raise_failure();
    return outcome;
}

}  // namespace cohort::detail

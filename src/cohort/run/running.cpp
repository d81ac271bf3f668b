#include <cohort/run/running.hpp>

#include <cohort/run/observer.hpp>
#include <cohort/team/failure.hpp>

#include <utility>

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

Running::Running(Team& team, const CallPlan& plan, const Options& options, std::optional<std::uint64_t> items,
                 Retry retry)
    : team_(team), options_(options), plan_(plan), retry_(retry), call_(std::in_place, team.core(), plan) {
    if (options.collect != nullptr) {
        options.collect->clear();
    }
    if (team.is_root()) {
        for (Observer* observer : options.observers) {
            observer->started(options.name, items);
        }
    }
    call_->serve_with([this] { return serve(); });
}

bool Running::serve() {
    const bool any = service_ && service_();
    tell();
    return any;
}

std::optional<Chunk> Running::claim() {
    if (team_.is_root()) {
        serve();
    }
    return call_->claim();
}

void Running::tell() {
    if (options_.observers.empty() || !team_.is_root()) {
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ > between_news) {
        told_ = now;
        const std::uint64_t items = outcome_.totals.items + call_->items_finished();
        for (Observer* observer : options_.observers) {
            observer->advanced(items);
        }
    }
}

Running::Fate Running::failed(std::uint64_t unit, Index item, std::uint64_t items, int attempt,
                              const std::exception_ptr& exception) {
    if (!outlives_failures()) {
        call_->fail(unit, item, exception);
        return Fate::ends;
    }
    if (call_->is_beyond(unit)) {
        return Fate::ends;  // it can no longer matter
    }
    const Failure what = describe(exception, item, team_.rank(), team_.core().host(), attempt + 1);
    const bool is_task =
        item != no_index && what.kind != ErrorKind::interrupted && what.kind != ErrorKind::fault;
    const bool more = attempt < options_.retries;
    if (is_task && more && retry_ == Retry::at_once) {
        return Fate::again;
    }
    if (!is_task || (retry_ == Retry::at_once && options_.collect == nullptr)) {
        call_->fail(unit, item, exception, attempt + 1);
        return Fate::ends;
    }
    failed_.push_back({.unit = unit,
                       .failure = {.item = item,
                                   .items = items,
                                   .rank = team_.rank(),
                                   .attempts = attempt + 1,
                                   .host = what.host.data(),
                                   .type = what.type.data(),
                                   .message = what.message.data()},
                       .kind = what.kind,
                       .original = exception,
                       .items = {}});
    return Fate::lost;
}

const FailedUnit* Running::next_failed() {
    if (team_.is_root()) {
        serve();
    }
    call_->poll();
    if (next_ == mine_.size() || call_->is_beyond(mine_[next_].unit)) {
        return nullptr;
    }
    return &mine_[next_++];
}

void Running::end_pass(const Call::Closing* closing) {
    const Totals before = outcome_.totals;
    outcome_ = call_->end(closing);
    outcome_.totals.append(before);
    call_.reset();
}

bool Running::again() {
    if (!outlives_failures() || !call_) {
        return false;
    }
    service_ = nullptr;
    end_pass();
    if (outcome_.failed()) {
        return false;
    }
    failed_ = exchange(team_.core(), std::exchange(failed_, {}));
    if (outcome_.hit()) {
        std::erase_if(failed_, [&](const auto& failed) { return failed.unit > outcome_.verdict.grain; });
    }
    if (failed_.empty() || retry_ == Retry::at_once || pass_ == options_.retries) {
        return false;
    }
    ++pass_;
    next_ = 0;
    mine_.clear();
    for (FailedUnit& failed : failed_) {
        if (next_rank(failed, team_.size()) == team_.rank()) {
            mine_.push_back(std::move(failed));
        }
    }
    plan_.grains = failed_.size();
    plan_.schedule = StaticBlock{};  // who tries which is settled: nothing is claimed
    plan_.in_flight = 0;
    failed_.clear();
    call_.emplace(team_.core(), plan_);
    call_->serve_with([this] { return serve(); });
    return true;
}

std::uint64_t Running::lost_items() const noexcept {
    std::uint64_t items = 0;
    for (const FailedUnit& failed : failed_) {
        items += failed.failure.items;
    }
    return items;
}

Outcome Running::finish(const Call::Closing* closing) {
    service_ = nullptr;
    if (call_) {
        end_pass(closing);
    }
    const Outcome& outcome = outcome_;
    const Balance balance = balance_of(outcome.totals);
    if (options_.report != nullptr) {
        *options_.report = balance;
    }
    if (team_.is_root()) {
        for (Observer* observer : options_.observers) {
            observer->advanced(outcome.totals.items);
            observer->ended(balance);
        }
    }
    outcome.raise_failure();
    if (!failed_.empty() && options_.collect == nullptr) {
        raise(failed_.front(), outcome.totals.items);
    }
    for (FailedUnit& failed : failed_) {
        options_.collect->push_back(failed.failure);
    }
    return outcome;
}

}  // namespace cohort::detail

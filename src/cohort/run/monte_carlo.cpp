#include <cohort/plan/error.hpp>
#include <cohort/run/monte_carlo_rounds.hpp>
#include <cohort/run/monte_carlo_task.hpp>

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace cohort::detail {

namespace {

void check_error(const char* option, double error) {
    if (!(error >= 0) || std::isinf(error)) {
        throw UsageError(fmt::format("{} is {}", option, error), "an error is a finite number above 0",
                         "give one, or leave it out");
    }
}

}  // namespace

void check_sample(Index sample, double value) {
    if (std::isfinite(value)) return;
    throw std::domain_error(error_text(fmt::format("sample {} is {}", sample, value),
                                       "it would make the mean of all the same",
                                       "make the integrand finite"));
}

void check_tally(const Grain& grain, std::uint64_t samples, double mean, double variance) {
    const std::string where = fmt::format("the samples {} +{}", grain.first, grain.count);
    if (samples != grain.count) {
        throw std::domain_error(error_text(fmt::format("the tally of {} has {}", where, samples),
                                           "the mean would be of other samples", "count each sample once"));
    }
    if (!std::isfinite(mean) || (samples > 1 && !std::isfinite(variance))) {
        throw std::domain_error(error_text(
            fmt::format("{} have mean {} and variance {}", where, mean, variance),
            "it would make those of all the same", "make the integrand finite, and its squares too"));
    }
}

void Stop::check() const {
    check_error("target_error", target_error);
    check_error("relative_error", relative_error);
    if (samples == 0 && !has_target()) {
        throw UsageError("monte_carlo was not told when to stop", "no samples have no mean",
                         "give .samples, .target_error or .relative_error");
    }
    if (!(confidence > 0 && confidence < 1)) {
        throw UsageError(fmt::format("confidence is {}", confidence), "it is a share of all cases",
                         "choose one between 0 and 1, such as 0.95");
    }
}

bool Stop::is_reached(std::uint64_t done, const Estimate& estimate) const noexcept {
    if (!has_target()) return true;
    if (done < std::min(least, most())) return false;
    return estimate.standard_error <= std::max(target_error, relative_error * std::abs(estimate.mean));
}

void RoundsReport::started(std::string_view call, std::optional<std::uint64_t> /*grains*/) {
    if (has_started_) return;
    has_started_ = true;
    const std::string_view name = call.substr(0, call.rfind(", round "));
    for (Observer* observer : observers_) observer->started(name, samples_);
}

void RoundsReport::advanced(std::uint64_t grains) {
    const std::uint64_t samples = grains > (end_ - begin_) / grain_ ? end_ - begin_ : grains * grain_;
    for (Observer* observer : observers_) observer->advanced(begin_ + samples);
}

void RoundsReport::add(Balance balance, std::uint64_t samples) {
    balance.items = samples;
    total_ = merged(total_, balance);
}

void RoundsReport::end() {
    if (report_ != nullptr) *report_ = total_;
    if (!has_started_) return;
    for (Observer* observer : observers_) observer->ended(total_);
}

}  // namespace cohort::detail

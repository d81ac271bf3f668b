#include <pi/estimate.hpp>

#include <cmath>
#include <numbers>

namespace cohort::pi {

Estimate pi_of(const Estimate& share) noexcept {
    return {.mean = 4 * share.mean,
            .variance = 16 * share.variance,
            .standard_error = 4 * share.standard_error,
            .interval = {4 * share.interval.low, 4 * share.interval.high}};
}

double darts_for(double error) noexcept {
    constexpr double p = std::numbers::pi / 4;
    const double deviation = 4 * std::sqrt(p * (1 - p));  // of one dart
    return (deviation / error) * (deviation / error);
}

}  // namespace cohort::pi

#include <cohort/plan/moments.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace cohort {

// Newton's method for the z with erfc(z / sqrt 2) = 1 - confidence. From 0 on erfc falls and is convex, so every step goes
// up, and none too far.
double normal_quantile(double confidence) noexcept {
    const double outside = 1 - confidence;
    double z = 0;
    for (;;) {
        const double slope = std::sqrt(2 * std::numbers::inv_pi) * std::exp(-z * z / 2);
        const double next = z + (std::erfc(z / std::numbers::sqrt2) - outside) / slope;
        if (!(next > z)) return z;
        z = next;
    }
}

double Moments::variance() const noexcept {
    if (samples_ < 2) return std::numeric_limits<double>::infinity();
    return squared_deviations_ / static_cast<double>(samples_ - 1);
}

double Bernoulli::mean() const noexcept {
    return count > 0 ? static_cast<double>(successes) / static_cast<double>(count) : 0;
}

double Bernoulli::variance() const noexcept {
    const bool all_alike = successes == 0 || successes == count;
    const double p =
        all_alike ? (static_cast<double>(successes) + 1) / (static_cast<double>(count) + 2) : mean();
    return p * (1 - p);
}

Interval Bernoulli::interval(double confidence) const noexcept {
    if (count == 0) return {0, 1};
    const double p = mean();
    const auto n = static_cast<double>(count);
    const double z = normal_quantile(confidence);
    const double shrink = 1 / (1 + z * z / n);
    const double centre = (p + z * z / (2 * n)) * shrink;
    const double half = z * shrink * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return {successes == 0 ? 0 : std::max(centre - half, 0.0),
            successes == count ? 1 : std::min(centre + half, 1.0)};
}

namespace detail {

Estimate normal_estimate(double mean, double variance, std::uint64_t samples, double confidence) noexcept {
    const double error = samples > 0 ? std::sqrt(variance / static_cast<double>(samples))
                                     : std::numeric_limits<double>::infinity();
    const double half = normal_quantile(confidence) * error;
    return {mean, variance, error, {mean - half, mean + half}};
}

}  // namespace detail

}  // namespace cohort

#include <pi/estimate.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

namespace cohort::pi {

Estimate estimate(std::uint64_t inside, std::uint64_t darts) noexcept {
    const auto thrown = static_cast<double>(darts);
    const double share = static_cast<double>(inside) / thrown;
    const bool all_alike = inside == 0 || inside == darts;
    const double p = all_alike ? (static_cast<double>(inside) + 1) / (thrown + 2) : share;
    return {4 * share, 4 * std::sqrt(p * (1 - p) / thrown)};
}

double darts_for(double error) noexcept {
    constexpr double p = std::numbers::pi / 4;
    const double deviation = 4 * std::sqrt(p * (1 - p));  // of one dart
    return (deviation / error) * (deviation / error);
}

std::uint64_t round_end(std::uint64_t done, std::uint64_t most) noexcept {
    constexpr std::array<std::uint64_t, 4> steps = {16, 19, 23, 27};
    const std::uint64_t grains = done / grain_darts;  // below 2^46
    std::uint64_t end = std::bit_floor(grains) * 2;   // the next power of two
    if (grains == 0) {
        end = 1;
    } else if (grains >= steps[0]) {
        const std::uint64_t unit = end / 32;
        const auto* next =
            std::find_if(steps.begin(), steps.end(), [&](auto step) { return step * unit > grains; });
        end = next != steps.end() ? *next * unit : end;
    }
    return end > most / grain_darts ? most : end * grain_darts;
}

}  // namespace cohort::pi

// Work that takes a known time, for programs that measure what a library adds to work.
//
// A task that watches the clock ends when it should however slow the core was, and so hides what disturbs it. This one
// does a number of steps, each waiting for the one before: 4 cycles each on most cores (a multiplication and an
// addition), no memory, nothing to vectorize. How many steps make a microsecond is measured once a run, so that
// everything in the run does the same work.
#pragma once

#include "measured.hpp"

#include <cohort/cohort.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr std::uint64_t multiplier = 6364136223846793005U;
inline constexpr std::uint64_t increment = 1442695040888963407U;

// Never inlined: what surrounds it made the same loop a tenth slower in one caller than in another.
[[nodiscard, gnu::noinline]] inline std::uint64_t spin(std::uint64_t steps, std::uint64_t value) noexcept {
    for (std::uint64_t step = 0; step < steps; ++step) value = value * multiplier + increment;
    return value;
}

// Keeps the compiler from dropping what made `value`.
inline void keep(std::uint64_t value) noexcept { asm volatile("" : : "r"(value)); }

// Collective. The steps of a microsecond, the same on every rank: of a few tries the quickest, which nobody disturbed.
[[nodiscard]] inline double steps_per_microsecond(cohort::Team& team) {
    const auto measure = [](cohort::Index) {
        constexpr std::uint64_t steps = 4'000'000;
        double best = 0;
        for (int attempt = 0; attempt < 5; ++attempt) {
            const double start = now();
            keep(spin(steps, steps));
            best = std::max(best, static_cast<double>(steps) / (now() - start) * 1e-6);
        }
        return best;
    };
    return cohort::map_reduce(team, cohort::indices(1), 0.0, measure);
}

// Local. The steps of each of `items` tasks that take `microseconds` on average. Constant: all alike. Pareto, of shape
// 1.5: most take less than half of the average and a few many hundred times as long; which is chance, but every time the same.
[[nodiscard]] inline std::vector<std::uint32_t> task_steps(std::uint64_t items, double microseconds,
                                                           std::string_view distribution,
                                                           double steps_per_microsecond) {
    constexpr double shape = 1.5;
    const double average = microseconds * steps_per_microsecond;
    std::vector<std::uint32_t> steps(static_cast<std::size_t>(items), static_cast<std::uint32_t>(average));
    if (distribution == "constant") return steps;
    if (distribution != "pareto") {
        throw cohort::UsageError("there is no such distribution", "", "take constant or pareto");
    }
    const double least = average * (shape - 1) / shape;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const double chance = 1 - cohort::Random(cohort::Seed{1}, 0, i).uniform();
        steps[i] = static_cast<std::uint32_t>(std::min(least * std::pow(chance, -1 / shape), 4e9));
    }
    return steps;
}

}  // namespace bench

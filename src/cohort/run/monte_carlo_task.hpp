// From an integrand to the tally of a grain of its samples.
#pragma once

#include <cohort/plan/grains.hpp>
#include <cohort/plan/moments.hpp>
#include <cohort/plan/random.hpp>
#include <cohort/run/task.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <type_traits>

namespace cohort::detail {

// Several values at once are arrays, of tallies as of estimates.
template <typename T>
struct EstimatesOf {
    using type = Estimate;
};
template <typename T, std::size_t N>
struct EstimatesOf<std::array<T, N>> {
    using type = std::array<Estimate, N>;
};
template <typename T>
using Estimates = typename EstimatesOf<T>::type;

template <Tally T>
void merge(T& tally, const T& next) {
    tally.merge(next);
}
template <Tally T, std::size_t N>
void merge(std::array<T, N>& tallies, const std::array<T, N>& next) {
    for (std::size_t i = 0; i < N; ++i) tallies[i].merge(next[i]);
}

template <Tally T>
Estimate estimates(const T& tally, double confidence) {
    return estimate(tally, confidence);
}
template <Tally T, std::size_t N>
std::array<Estimate, N> estimates(const std::array<T, N>& tallies, double confidence) {
    std::array<Estimate, N> all;
    for (std::size_t i = 0; i < N; ++i) all[i] = estimate(tallies[i], confidence);
    return all;
}

// Throws std::domain_error unless the tally is of that many samples, and finite.
void check_tally(const Grain& grain, std::uint64_t samples, double mean, double variance);
// Throws std::domain_error if the sample is not finite.
void check_sample(Index sample, double value);

template <Tally T>
void check_tally(const Grain& grain, const T& tally) {
    check_tally(grain, tally.samples(), tally.mean(), tally.variance());
}
template <Tally T, std::size_t N>
void check_tally(const Grain& grain, const std::array<T, N>& tallies) {
    for (const T& tally : tallies) check_tally(grain, tally);
}

template <typename Value, std::size_t N>
void check_sample(Index sample, const std::array<Value, N>& values) {
    for (const Value& value : values) check_sample(sample, static_cast<double>(value));
}

// How samples of a type are added up.
template <typename Value>
struct SampleSums {
    static_assert(std::is_convertible_v<Value, double>,
                  "cohort: a sample is a bool, a number, or a std::array of them");
    MomentSums sums;
    void add(const Value& value) { sums.add(static_cast<double>(value)); }
    [[nodiscard]] Moments tally() const { return sums.tally(); }
};
template <>
struct SampleSums<bool> {
    Bernoulli sums;
    void add(bool value) { sums.merge({1, value ? 1U : 0U}); }
    [[nodiscard]] Bernoulli tally() const { return sums; }
};
template <typename Value, std::size_t N>
struct SampleSums<std::array<Value, N>> {
    std::array<SampleSums<Value>, N> sums;
    void add(const std::array<Value, N>& values) {
        for (std::size_t i = 0; i < N; ++i) sums[i].add(values[i]);
    }
    [[nodiscard]] auto tally() const {
        std::array<decltype(sums[0].tally()), N> tallies;
        for (std::size_t i = 0; i < N; ++i) tallies[i] = sums[i].tally();
        return tallies;
    }
};

template <typename F>
inline constexpr bool takes_samples = std::is_invocable_v<F&, Random&>;

template <typename F>
struct IntegrandTally {
    using type = std::remove_cvref_t<task_result_t<F, Grain>>;
};
template <typename F>
    requires takes_samples<F>
struct IntegrandTally<F> {
    using Value = std::remove_cvref_t<std::invoke_result_t<F&, Random&>>;
    using type = decltype(SampleSums<Value>().tally());
};
template <typename F>
using integrand_tally_t = typename IntegrandTally<std::remove_reference_t<F>>::type;

// Takes the samples of a grain again, to say which of them is not finite: a test of each would cost a tenth of a short one.
template <typename F>
[[gnu::noinline, gnu::cold]] void check_samples(F& integrand, const Grain& grain, Seed seed) {
    for (Index i = grain.first; i - grain.first < grain.count; ++i) {
        Random random(seed, 0, i);
        check_sample(i, std::invoke(integrand, random));
    }
}

// Often enough for integrands of microseconds; longer ones are better by grain, and ask for themselves.
inline constexpr std::uint64_t samples_between_asks = 16;

// The tally of a grain; once a stop is requested, of as many of its samples as there are.
template <typename T, typename F>
T tally_of(F& integrand, const Grain& grain, Seed seed, Context& context) {
    T tally;
    if constexpr (takes_samples<F>) {
        SampleSums<typename IntegrandTally<F>::Value> sums;
        // Asked between inner loops, or compilers work out the generator's round keys for every sample.
        for (std::uint64_t i = 0; i < grain.count && !context.stop_requested();) {
            const std::uint64_t ask = std::min(i + samples_between_asks, grain.count);
            for (; i < ask; ++i) {
                Random random(seed, 0, grain.first + i);
                sums.add(std::invoke(integrand, random));
            }
        }
        tally = sums.tally();
    } else {
        tally = run_task(integrand, grain, context);
    }
    if (context.stop_requested()) return tally;
    try {
        check_tally(grain, tally);
    } catch (const std::domain_error&) {
        if constexpr (takes_samples<F>) check_samples(integrand, grain, seed);
        throw;
    }
    return tally;
}

}  // namespace cohort::detail

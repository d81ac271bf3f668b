// What samples say of a mean: tallies that can be merged, and the estimate that they give.
//
// A tally is what is kept of some samples. It has merge(other), for samples that follow its own; samples(), their number;
// mean() and variance(), of one sample; and may have interval(confidence), for the mean, where a normal one is not good.
// Default-constructed it is that of no samples. Two are here, and programs may have others:
//
//     Moments: of real numbers.           Bernoulli: how many of so many were true; exact.
//
// Merging rounds, so a mean has the same bits only if it is always merged along the same tree, as map_reduce does.
#pragma once

#include <concepts>
#include <cstdint>

namespace cohort {

struct Interval {
    double low = 0;
    double high = 0;

    [[nodiscard]] constexpr bool contains(double value) const noexcept {
        return low <= value && value <= high;
    }
    friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

template <typename T>
concept Tally = std::default_initializable<T> && std::copyable<T> && requires(T tally, const T& other) {
    tally.merge(other);
    { other.samples() } -> std::convertible_to<std::uint64_t>;
    { other.mean() } -> std::convertible_to<double>;
    { other.variance() } -> std::convertible_to<double>;
};

// Local. How many standard deviations around the mean of a normal distribution hold this share of it, which must be
// between 0 and 1: 1.96 for 0.95. To the last bits.
[[nodiscard]] double normal_quantile(double confidence) noexcept;

// Mean and variance of real numbers, by their number, mean and sum of squared deviations.
class Moments {
  public:
    constexpr Moments() noexcept = default;
    constexpr Moments(std::uint64_t samples, double mean, double squared_deviations) noexcept
        : samples_(samples), mean_(mean), squared_deviations_(squared_deviations) {}

    // Local. Source: Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances,
    // COMPSTAT 1982.
    constexpr void merge(const Moments& other) noexcept {
        if (other.samples_ == 0) return;
        const auto mine = static_cast<double>(samples_);
        const auto others = static_cast<double>(other.samples_);
        const double share = others / (mine + others);
        const double distance = other.mean_ - mean_;
        samples_ += other.samples_;
        mean_ = mine > 0 ? mean_ + distance * share : other.mean_;
        squared_deviations_ += other.squared_deviations_ + distance * distance * mine * share;
    }

    [[nodiscard]] constexpr std::uint64_t samples() const noexcept { return samples_; }
    [[nodiscard]] constexpr double mean() const noexcept { return mean_; }
    // Of one sample, without bias; infinite while there are less than two.
    [[nodiscard]] double variance() const noexcept;

  private:
    std::uint64_t samples_ = 0;
    double mean_ = 0;
    double squared_deviations_ = 0;
};

// Adds samples one by one, without a division: sums of what they differ by from the first of them.
//
// With s samples the sum of squares is at most s + 1 times the squared deviations, even if the first is the worst of
// outliers, and so is what rounding makes of the variance; a large mean costs nothing. Meant for a grain of samples.
class MomentSums {
  public:
    constexpr void add(double sample) noexcept {
        if (samples_++ == 0) first_ = sample;
        const double difference = sample - first_;
        sum_ += difference;
        squares_ += difference * difference;
    }
    [[nodiscard]] constexpr Moments tally() const noexcept {
        if (samples_ == 0) return {};
        const double mean = sum_ / static_cast<double>(samples_);
        const double squared_deviations = squares_ - sum_ * mean;
        return {samples_, first_ + mean, squared_deviations < 0 ? 0 : squared_deviations};
    }

  private:
    std::uint64_t samples_ = 0;
    double first_ = 0;
    double sum_ = 0;
    double squares_ = 0;
};

// How many of so many samples were true; exact.
struct Bernoulli {
    std::uint64_t count = 0;  // samples
    std::uint64_t successes = 0;

    constexpr void merge(const Bernoulli& other) noexcept {
        count += other.count;
        successes += other.successes;
    }
    [[nodiscard]] constexpr std::uint64_t samples() const noexcept { return count; }
    // The share p that was true; 0 without samples.
    [[nodiscard]] double mean() const noexcept;
    // p (1 - p). Where all samples are alike it would be 0, and is that of Laplace's p = (successes + 1) / (count + 2).
    [[nodiscard]] double variance() const noexcept;
    // Wilson's, which is sensible for any share and number. Source: Wilson, Probable inference, the law of succession, and
    // statistical inference, JASA 22 (1927).
    [[nodiscard]] Interval interval(double confidence) const noexcept;

    friend constexpr bool operator==(const Bernoulli&, const Bernoulli&) = default;
};

// The mean of samples, and how well it is known.
struct Estimate {
    double mean = 0;
    double variance = 0;        // of one sample
    double standard_error = 0;  // of the mean: sqrt(variance / samples)
    Interval interval;          // holds the mean with the confidence that was asked for
};

namespace detail {
[[nodiscard]] Estimate normal_estimate(double mean, double variance, std::uint64_t samples,
                                       double confidence) noexcept;
}  // namespace detail

// Local. The estimate that a tally gives; its interval is the tally's own where it has one, else mean -+ quantile *
// standard error.
template <Tally T>
[[nodiscard]] Estimate estimate(const T& tally, double confidence) {
    Estimate all = detail::normal_estimate(tally.mean(), tally.variance(), tally.samples(), confidence);
    if constexpr (requires {
                      { tally.interval(confidence) } -> std::same_as<Interval>;
                  }) {
        all.interval = tally.interval(confidence);
    }
    return all;
}

}  // namespace cohort

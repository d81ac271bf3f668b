// Moments are those of the definition, merged or not, and intervals hold what they should.

#include <cohort/plan/moments.hpp>
#include <cohort/plan/random.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace cohort {
namespace {

using Real = long double;

// In two passes, as defined.
Moments by_definition(const std::vector<double>& samples) {
    Real sum = 0;
    for (const double sample : samples) sum += sample;
    const Real mean = sum / static_cast<Real>(samples.size());
    Real squares = 0;
    for (const double sample : samples) squares += (sample - mean) * (sample - mean);
    return {samples.size(), static_cast<double>(mean), static_cast<double>(squares)};
}

Moments summed(const std::vector<double>& samples, std::size_t first, std::size_t end) {
    MomentSums sums;
    for (std::size_t i = first; i < end; ++i) sums.add(samples[i]);
    return sums.tally();
}

void expect_near(const Moments& moments, const Moments& expected) {
    EXPECT_EQ(moments.samples(), expected.samples());
    EXPECT_NEAR(moments.mean(), expected.mean(),
                1e-15 * std::abs(expected.mean()) + 1e-12 * std::sqrt(expected.variance()));
    EXPECT_NEAR(moments.variance(), expected.variance(), 1e-10 * expected.variance());
}

std::vector<std::vector<double>> samples_of_all_kinds() {
    Random random(Seed(5), 0, 0);
    std::vector<std::vector<double>> all;
    for (const double mean : {0.0, 1.0, -1e3, 1e150}) {
        std::vector<double> samples;
        for (int i = 0; i < 4096; ++i) samples.push_back(mean * (random.uniform() - 0.4) + random.uniform());
        all.push_back(samples);
    }
    std::vector<double> far(4096);  // from 0, by whole numbers that are exact
    for (double& sample : far) sample = 1e9 + static_cast<double>(random.below(100));
    all.push_back(far);
    // The worst that can be first.
    for (const double outlier : {1e3, -1e9}) {  // the worst that can be first
        std::vector<double> samples = {outlier};
        for (int i = 0; i < 4095; ++i) samples.push_back(random.uniform());
        all.push_back(samples);
    }
    return all;
}

TEST(Moments, AreThoseOfTheDefinition) {
    for (const auto& samples : samples_of_all_kinds()) {
        expect_near(summed(samples, 0, samples.size()), by_definition(samples));
    }
}

TEST(Moments, MergedInAnyPartsAreThoseOfTheWhole) {
    for (const auto& samples : samples_of_all_kinds()) {
        for (const std::size_t part : {std::size_t{1}, std::size_t{2}, std::size_t{100}, samples.size()}) {
            Moments merged;
            for (std::size_t i = 0; i < samples.size(); i += part) {
                merged.merge(summed(samples, i, std::min(i + part, samples.size())));
            }
            expect_near(merged, by_definition(samples));
        }
    }
}

TEST(Moments, OfExactNumbersAreExact) {
    const Moments moments = summed({1, 2, 3, 4, 5, 6, 7}, 0, 7);
    EXPECT_EQ(moments.mean(), 4);
    EXPECT_DOUBLE_EQ(moments.variance(), 28.0 / 6);
    const Moments constant = summed(std::vector<double>(1000, 0.1), 0, 1000);
    EXPECT_EQ(constant.mean(), 0.1);
    EXPECT_EQ(constant.variance(), 0);
}

TEST(Moments, OfNoneOrOneKnowNoVariance) {
    EXPECT_EQ(Moments().samples(), 0U);
    EXPECT_EQ(Moments().variance(), std::numeric_limits<double>::infinity());
    EXPECT_EQ(summed({2.5}, 0, 1).mean(), 2.5);
    EXPECT_EQ(estimate(summed({2.5}, 0, 1), 0.95).standard_error, std::numeric_limits<double>::infinity());
    Moments moments;
    moments.merge(Moments());
    EXPECT_EQ(moments.samples(), 0U);
}

// To as many digits as are tabulated.
TEST(NormalQuantile, IsThatOfTheTables) {
    EXPECT_NEAR(normal_quantile(0.5), 0.67448975019608171, 1e-14);
    EXPECT_NEAR(normal_quantile(0.68268949213708590), 1, 1e-14);
    EXPECT_NEAR(normal_quantile(0.9), 1.6448536269514722, 1e-14);
    EXPECT_NEAR(normal_quantile(0.95), 1.9599639845400542, 1e-14);
    EXPECT_NEAR(normal_quantile(0.99), 2.5758293035489008, 1e-13);
    EXPECT_NEAR(normal_quantile(0.999999), 4.8916384756985904, 1e-10);
    EXPECT_NEAR(normal_quantile(1e-10), 1.2533141373155e-10, 1e-16);
    EXPECT_TRUE(std::isfinite(normal_quantile(std::nextafter(1.0, 0.0))));
    EXPECT_GT(normal_quantile(std::nextafter(1.0, 0.0)), 8);
}

TEST(Bernoulli, HasTheVarianceOfAShareAndNeverNone) {
    const Bernoulli quarter{.count = 100, .successes = 25};
    EXPECT_EQ(quarter.mean(), 0.25);
    EXPECT_EQ(quarter.variance(), 0.1875);
    for (const std::uint64_t successes : {0U, 3U}) {
        EXPECT_DOUBLE_EQ((Bernoulli{.count = 3, .successes = successes}.variance()), 0.8 * 0.2);
    }
}

// Values of R's prop.test(..., correct = FALSE).
TEST(Bernoulli, HasWilsonsInterval) {
    const auto near = [](const Interval& interval, double low, double high) {
        EXPECT_NEAR(interval.low, low, 1e-7);
        EXPECT_NEAR(interval.high, high, 1e-7);
    };
    near(Bernoulli{.count = 10, .successes = 1}.interval(0.95), 0.0178762, 0.4041500);
    near(Bernoulli{.count = 100, .successes = 50}.interval(0.95), 0.4038315, 0.5961685);
    near(Bernoulli{.count = 10, .successes = 0}.interval(0.95), 0, 0.2775328);
    near(Bernoulli{.count = 10, .successes = 10}.interval(0.95), 0.7224672, 1);
    EXPECT_EQ(Bernoulli().interval(0.95), (Interval{0, 1}));
}

// How many of a thousand experiments have an interval that holds the truth.
template <typename Experiment>
int held(double truth, double confidence, const Experiment& experiment) {
    int count = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        Random random(Seed(11), 0, i);
        count += estimate(experiment(random), confidence).interval.contains(truth) ? 1 : 0;
    }
    return count;
}

TEST(Estimate, HoldsTheTruthAsOftenAsItShould) {
    const auto exponential = [](Random& random) {
        MomentSums sums;
        for (int i = 0; i < 400; ++i) sums.add(-std::log1p(-random.uniform()));
        return sums.tally();
    };
    const auto rare = [](Random& random) {
        Bernoulli tally;
        for (int i = 0; i < 400; ++i) tally.merge({1, random.uniform() < 0.01 ? 1U : 0U});
        return tally;
    };
    for (const double confidence : {0.8, 0.95, 0.99}) {
        const double sigma = std::sqrt(1000 * confidence * (1 - confidence));
        EXPECT_NEAR(held(1, confidence, exponential), 1000 * confidence, 3 * sigma + 10) << confidence;
        EXPECT_NEAR(held(0.01, confidence, rare), 1000 * confidence, 3 * sigma + 25) << confidence;
    }
}

}  // namespace
}  // namespace cohort

// The estimate and its error are the textbook's.

#include <pi/estimate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace cohort::pi {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

Estimate pi_from(std::uint64_t inside, std::uint64_t darts) {
    return pi_of(estimate(Bernoulli{.count = darts, .successes = inside}, 0.95));
}

TEST(Pi, IsFourTimesTheShareInside) {
    EXPECT_DOUBLE_EQ(pi_from(3, 4).mean, 3.0);
    EXPECT_DOUBLE_EQ(pi_from(785'398, 1'000'000).mean, 3.141592);
    EXPECT_DOUBLE_EQ(pi_from(most, most).mean, 4.0);
}

TEST(Pi, HasTheErrorOfABinomialShare) {
    EXPECT_DOUBLE_EQ(pi_from(75, 100).standard_error, 4 * std::sqrt(0.75 * 0.25 / 100));
}

TEST(Pi, IsNeverWithoutAnError) {
    EXPECT_GT(pi_from(1, 1).standard_error, 0.5);
    EXPECT_GT(pi_from(0, 3).standard_error, 0.5);
}

TEST(Pi, HasAnIntervalFromNothingToFour) {
    EXPECT_EQ(pi_from(0, 3).interval.low, 0);
    EXPECT_EQ(pi_from(3, 3).interval.high, 4);
    const Estimate many = pi_from(785'398'163, 1'000'000'000);
    EXPECT_NEAR(many.interval.high - many.mean, 1.96 * many.standard_error, 1e-8);
    EXPECT_NEAR(many.mean - many.interval.low, 1.96 * many.standard_error, 1e-8);
}

TEST(DartsFor, IsHowManyThatErrorTakes) {
    for (const double error : {1e-2, 1e-5, 3e-9}) {
        const double darts = darts_for(error);
        const double inside = darts * std::numbers::pi / 4;
        EXPECT_NEAR(4 * std::sqrt(inside / darts * (1 - inside / darts) / darts), error, 1e-9 * error);
    }
    EXPECT_NEAR(darts_for(1e-3), 2.6967e6, 100);
}

}  // namespace
}  // namespace cohort::pi

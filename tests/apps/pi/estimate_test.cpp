// The estimate and its error are the textbook's, and rounds are fixed.

#include <pi/estimate.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace cohort::pi {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

TEST(Estimate, IsFourTimesTheShareInside) {
    EXPECT_DOUBLE_EQ(estimate(3, 4).pi, 3.0);
    EXPECT_DOUBLE_EQ(estimate(785'398, 1'000'000).pi, 3.141592);
    EXPECT_DOUBLE_EQ(estimate(most, most).pi, 4.0);
}

TEST(Estimate, HasTheErrorOfABinomialShare) {
    EXPECT_DOUBLE_EQ(estimate(75, 100).standard_error, 4 * std::sqrt(0.75 * 0.25 / 100));
}

TEST(Estimate, IsNeverWithoutAnError) {
    EXPECT_GT(estimate(1, 1).standard_error, 0.5);
    EXPECT_GT(estimate(0, 3).standard_error, 0.5);
}

TEST(DartsFor, IsHowManyThatErrorTakes) {
    for (const double error : {1e-2, 1e-5, 3e-9}) {
        const double darts = darts_for(error);
        const double inside = darts * std::numbers::pi / 4;
        EXPECT_NEAR(4 * std::sqrt(inside / darts * (1 - inside / darts) / darts), error, 1e-9 * error);
    }
    EXPECT_NEAR(darts_for(1e-3), 2.6967e6, 100);
}

TEST(RoundEnd, GrowsByAboutAFourthRootOfTwo) {
    std::vector<std::uint64_t> grains;
    for (std::uint64_t done = 0; grains.size() < 17;) {
        done = round_end(done, most);
        ASSERT_EQ(done % grain_darts, 0U);
        grains.push_back(done / grain_darts);
    }
    const std::vector<std::uint64_t> expected = {1,  2,  4,  8,  16, 19, 23,  27, 32,
                                                 38, 46, 54, 64, 76, 92, 108, 128};
    EXPECT_EQ(grains, expected);
}

TEST(RoundEnd, ReachesAnyNumberOfDarts) {
    for (const std::uint64_t darts :
         {std::uint64_t{1}, grain_darts, grain_darts + 1, std::uint64_t{1'000'000'000}, most}) {
        int rounds = 0;
        std::uint64_t done = 0;
        while (done < darts) {
            const std::uint64_t end = round_end(done, darts);
            ASSERT_GT(end, done);
            ASSERT_LE(end, darts);
            done = end;
            ++rounds;
        }
        EXPECT_LT(rounds, 200) << darts << " darts";
    }
}

}  // namespace
}  // namespace cohort::pi

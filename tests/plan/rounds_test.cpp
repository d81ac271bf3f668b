// Rounds are fixed, and grow evenly.

#include <cohort/plan/rounds.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace cohort {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

TEST(RoundEnd, GrowsByAboutAFourthRootOfTwo) {
    for (const std::uint64_t grain : {std::uint64_t{1}, std::uint64_t{1000}, std::uint64_t{1} << 18}) {
        std::vector<std::uint64_t> grains;
        for (std::uint64_t done = 0; grains.size() < 17;) {
            done = round_end(done, most, grain);
            ASSERT_EQ(done % grain, 0U);
            grains.push_back(done / grain);
        }
        const std::vector<std::uint64_t> expected = {1,  2,  4,  8,  16, 19, 23,  27, 32,
                                                     38, 46, 54, 64, 76, 92, 108, 128};
        EXPECT_EQ(grains, expected) << grain;
    }
}

TEST(RoundEnd, ReachesAnyNumber) {
    for (const std::uint64_t grain : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1} << 18, most}) {
        for (const std::uint64_t items :
             {std::uint64_t{1}, grain, grain + 1, std::uint64_t{1'000'000'000}, most}) {
            int rounds = 0;
            for (std::uint64_t done = 0; done < items; ++rounds) {
                const std::uint64_t end = round_end(done, items, grain);
                ASSERT_GT(end, done);
                ASSERT_LE(end, items);
                ASSERT_LT(rounds, 300) << items << " in grains of " << grain;
                done = end;
            }
        }
    }
}

// A round is known from what is done, so a run may be told to stop elsewhere and has the same rounds until then.
TEST(RoundEnd, IsTheSameWhateverTheEnd) {
    for (std::uint64_t done = 0; done < 100'000; done = round_end(done, most, 7)) {
        EXPECT_EQ(round_end(done, 1'000'000, 7), round_end(done, most, 7));
        EXPECT_EQ(round_end(done, done + 1, 7), done + 1);
    }
}

}  // namespace
}  // namespace cohort

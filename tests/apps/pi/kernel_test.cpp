// All kernels count the same darts, those that the rule says, from any start and to the top of 64 bits.

#include <cohort/plan/error.hpp>
#include <cohort/plan/philox.hpp>
#include <cohort/plan/random.hpp>
#include <pi/kernel.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <string>

namespace cohort::pi {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

// The rule, word for word: dart i takes words 2i and 2i + 1 of the sequence.
std::uint32_t word(Wide number, Seed seed) {
    const auto block = static_cast<std::uint64_t>(number / 4);
    const PhiloxCounter words = philox4x32_10(
        {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0, 0},
        {static_cast<std::uint32_t>(seed.value()), static_cast<std::uint32_t>(seed.value() >> 32)});
    return words[static_cast<std::size_t>(number % 4)];
}

std::uint64_t by_the_rule(Range darts, Seed seed) {
    std::uint64_t inside = 0;
    for (std::uint64_t i = 0; i < darts.count; ++i) {
        const Wide dart = Wide{darts.first} + i;
        const Wide x =
            static_cast<Wide>(std::abs(std::int64_t{static_cast<std::int32_t>(word(2 * dart, seed))}));
        const Wide y =
            static_cast<Wide>(std::abs(std::int64_t{static_cast<std::int32_t>(word(2 * dart + 1, seed))}));
        inside += x * x + y * y < Wide{1} << 62 ? 1 : 0;
    }
    return inside;
}

class EveryKernel : public testing::TestWithParam<Isa> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "this processor cannot run it";
    }
};

INSTANTIATE_TEST_SUITE_P(Pi, EveryKernel, testing::Values(Isa::portable, Isa::avx2, Isa::avx512),
                         [](const auto& kernel) { return std::string(name(kernel.param)); });

TEST_P(EveryKernel, FollowsTheRuleFromAnyStart) {
    for (std::uint64_t trial = 0; trial < 400; ++trial) {
        Random random(Seed(31), 0, trial);
        const Seed seed(random());
        const Range darts{random() >> random.below(64), random.below(200)};
        EXPECT_EQ(count_inside(darts, seed, GetParam()), by_the_rule(darts, seed))
            << "seed " << seed.value() << ", " << darts.count << " darts from " << darts.first;
    }
}

TEST_P(EveryKernel, FollowsTheRuleForEverySmallRange) {
    for (std::uint64_t first = 0; first < 5; ++first) {
        for (std::uint64_t count = 0; count < 80; ++count) {
            EXPECT_EQ(count_inside({first, count}, Seed(1), GetParam()), by_the_rule({first, count}, Seed(1)))
                << count << " darts from " << first;
        }
    }
}

TEST_P(EveryKernel, FollowsTheRuleToTheTopOf64BitsAndAcrossTheCounterWords) {
    for (std::uint64_t count = 0; count < 80; ++count) {
        for (const std::uint64_t first :
             {most - count + 1, most - count, (std::uint64_t{1} << 33) - count / 2}) {
            if (count == 0 && first == 0) continue;  // 2^64 - 0
            EXPECT_EQ(count_inside({first, count}, Seed(7), GetParam()), by_the_rule({first, count}, Seed(7)))
                << count << " darts from " << first;
        }
    }
}

TEST_P(EveryKernel, CountsARangeAsTheSumOfItsParts) {
    for (std::uint64_t trial = 0; trial < 20; ++trial) {
        Random random(Seed(32), 0, trial);
        const Seed seed(random());
        const std::uint64_t first = random() >> 1;
        const std::uint64_t count = random.below(100'000);
        const std::uint64_t cut = random.below(count + 1);
        EXPECT_EQ(count_inside({first, count}, seed, GetParam()),
                  count_inside({first, cut}, seed, GetParam()) +
                      count_inside({first + cut, count - cut}, seed, GetParam()));
    }
}

// A program that uses Random123 counted these, with key {42, 1}.
TEST_P(EveryKernel, CountsTheDartsThatRandom123Counts) {
    const Seed seed((std::uint64_t{1} << 32) + 42);
    EXPECT_EQ(count_inside({0, 245'760'000}, seed, GetParam()), 193'014'731U);
}

class ChosenIsa : public testing::Test {
  protected:
    void TearDown() override { unsetenv("COHORT_ISA"); }
};

TEST_F(ChosenIsa, IsTheFastestThatCanRun) {
    unsetenv("COHORT_ISA");
    const Isa expected = can_run(Isa::avx512) ? Isa::avx512 : can_run(Isa::avx2) ? Isa::avx2 : Isa::portable;
    EXPECT_EQ(chosen_isa(), expected);
}

TEST_F(ChosenIsa, IsTheOneThatTheEnvironmentNames) {
    for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
        setenv("COHORT_ISA", std::string(name(isa)).c_str(), 1);
        if (can_run(isa)) {
            EXPECT_EQ(chosen_isa(), isa);
        } else {
            EXPECT_THROW((void)chosen_isa(), UsageError);
        }
    }
}

TEST_F(ChosenIsa, RefusesANameThatItDoesNotKnow) {
    setenv("COHORT_ISA", "sse9", 1);
    EXPECT_THROW((void)chosen_isa(), UsageError);
}

}  // namespace
}  // namespace cohort::pi

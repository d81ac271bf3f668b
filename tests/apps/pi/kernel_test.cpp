// All kernels count the same darts, those that the rule says, from any start and to the top of 64 bits.

#include <cohort/plan/philox.hpp>
#include <cohort/plan/random.hpp>
#include <pi/kernel.hpp>
#include <pi/mwc52.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <string>
#include <tuple>

namespace cohort::pi {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

// The rule of Philox, word for word: dart i takes words 2i and 2i + 1 of the sequence.
std::uint32_t word(Wide number, Seed seed) {
    const auto block = static_cast<std::uint64_t>(number / 4);
    const PhiloxCounter words = philox4x32_10(
        {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0, 0},
        {static_cast<std::uint32_t>(seed.value()), static_cast<std::uint32_t>(seed.value() >> 32)});
    return words[static_cast<std::size_t>(number % 4)];
}

std::uint64_t by_philox(Range darts, Seed seed) {
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

// The rule of MWC52, step by step from the first dart on; mwc52_test.cpp tests the jump to it.
std::uint64_t by_mwc52(Range darts, Seed seed) {
    constexpr Wide base = Wide{1} << 52;
    const mwc52::State first = mwc52::multiply(mwc52::start(seed), mwc52::jump(darts.first));
    Wide word = first.word;
    Wide next = first.next;
    Wide carry = first.carry;
    std::uint64_t inside = 0;
    for (std::uint64_t i = 0; i < darts.count; ++i) {
        inside += word * word / base + next * next / base < base ? 1 : 0;
        for (Wide* here : {&word, &next}) {
            const Wide sum = mwc52::multiplier * *here + carry;
            *here = sum % base;
            carry = sum / base;
        }
    }
    return inside;
}

class EveryKernel : public testing::TestWithParam<std::tuple<Generator, Isa>> {
  protected:
    void SetUp() override {
        if (!can_run(isa())) GTEST_SKIP() << "this processor cannot run it";
    }
    static Generator generator() { return std::get<0>(GetParam()); }
    static Isa isa() { return std::get<1>(GetParam()); }
    static std::uint64_t inside_of(Range darts, Seed seed) {
        return count_inside(darts, seed, generator(), isa());
    }
    static std::uint64_t by_the_rule(Range darts, Seed seed) {
        return generator() == Generator::mwc52 ? by_mwc52(darts, seed) : by_philox(darts, seed);
    }
};

INSTANTIATE_TEST_SUITE_P(Pi, EveryKernel,
                         testing::Combine(testing::ValuesIn(generators),
                                          testing::Values(Isa::portable, Isa::avx2, Isa::avx512)),
                         [](const auto& kernel) {
                             const bool is_philox = std::get<0>(kernel.param) == Generator::philox4x32_10;
                             return (is_philox ? "philox_" : "mwc52_") +
                                    std::string(name(std::get<1>(kernel.param)));
                         });

TEST_P(EveryKernel, FollowsTheRuleFromAnyStart) {
    for (std::uint64_t trial = 0; trial < 400; ++trial) {
        Random random(Seed(31), 0, trial);
        const Seed seed(random());
        const Range darts{random() >> random.below(64), random.below(200)};
        EXPECT_EQ(inside_of(darts, seed), by_the_rule(darts, seed))
            << "seed " << seed.value() << ", " << darts.count << " darts from " << darts.first;
    }
}

TEST_P(EveryKernel, FollowsTheRuleForEverySmallRange) {
    for (std::uint64_t first = 0; first < 5; ++first) {
        for (std::uint64_t count = 0; count < 80; ++count) {
            EXPECT_EQ(inside_of({first, count}, Seed(1)), by_the_rule({first, count}, Seed(1)))
                << count << " darts from " << first;
        }
    }
}

TEST_P(EveryKernel, FollowsTheRuleToTheTopOf64BitsAndAcrossTheCounterWords) {
    for (std::uint64_t count = 0; count < 80; ++count) {
        for (const std::uint64_t first :
             {most - count + 1, most - count, (std::uint64_t{1} << 33) - count / 2}) {
            if (count == 0 && first == 0) continue;  // 2^64 - 0
            EXPECT_EQ(inside_of({first, count}, Seed(7)), by_the_rule({first, count}, Seed(7)))
                << count << " darts from " << first;
        }
    }
}

TEST_P(EveryKernel, CountsARangeAsTheSumOfItsParts) {
    for (std::uint64_t trial = 0; trial < 20; ++trial) {
        Random random(Seed(32), 0, trial);
        const Seed seed(random());
        const std::uint64_t first = random() >> 1;
        const std::uint64_t count = random.below(1'000'000);
        const std::uint64_t cut = random.below(count + 1);
        EXPECT_EQ(inside_of({first, count}, seed),
                  inside_of({first, cut}, seed) + inside_of({first + cut, count - cut}, seed));
    }
}

// A program that uses Random123 counted these, with key {42, 1}.
TEST_P(EveryKernel, CountsTheDartsThatRandom123Counts) {
    if (generator() != Generator::philox4x32_10) GTEST_SKIP() << "Random123 has no other";
    const Seed seed((std::uint64_t{1} << 32) + 42);
    EXPECT_EQ(inside_of({0, 245'760'000}, seed), 193'014'731U);
}

TEST(Generators, AreKnownByName) {
    for (const Generator generator : generators) EXPECT_EQ(generator_named(name(generator)), generator);
    EXPECT_EQ(name(Generator::philox4x32_10), "philox4x32-10");
    EXPECT_EQ(name(Generator::mwc52), "mwc52");
    EXPECT_EQ(generator_named("mwc"), std::nullopt);
    EXPECT_EQ(generator_named(""), std::nullopt);
}

}  // namespace
}  // namespace cohort::pi

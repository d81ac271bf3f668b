// Philox is the published one, streams never share numbers, and what is made of them is even.

#include <cohort/plan/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

namespace cohort {
namespace {

// The known-answer vectors that come with Random123.
struct KnownAnswer {
    PhiloxCounter counter;
    PhiloxKey key;
    PhiloxCounter answer;
};
constexpr KnownAnswer known_answers[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

TEST(Philox, GivesThePublishedAnswers) {
    for (const KnownAnswer& known : known_answers) {
        EXPECT_EQ(philox4x32_10(known.counter, known.key), known.answer);
    }
}

TEST(Philox, IsAConstantExpression) {
    static_assert(philox4x32_10(known_answers[0].counter, known_answers[0].key) == known_answers[0].answer);
}

TEST(Random, IsAUniformRandomBitGenerator) {
    static_assert(std::uniform_random_bit_generator<Random>);
    std::vector<int> cards(52);
    for (int card = 0; card < 52; ++card) cards[static_cast<std::size_t>(card)] = card;
    std::vector<int> shuffled = cards;
    std::shuffle(shuffled.begin(), shuffled.end(), Random(Seed(1), 0, 0));
    EXPECT_NE(shuffled, cards);
    EXPECT_TRUE(std::is_permutation(shuffled.begin(), shuffled.end(), cards.begin()));
}

TEST(Random, LaysOutItsCounterAsDocumented) {
    Random random(Seed(0x1122334455667788), 0xABCD, 0x99AABBCCDDEEFF00);
    random.discard(2 * 0x123456789ABCULL);
    const PhiloxCounter block =
        philox4x32_10({0x56789ABC, 0xABCD1234, 0xDDEEFF00, 0x99AABBCC}, {0x55667788, 0x11223344});
    EXPECT_EQ(random(), std::uint64_t{block[1]} << 32 | block[0]);
    EXPECT_EQ(random(), std::uint64_t{block[3]} << 32 | block[2]);
}

TEST(Random, PassesOverNumbersAsIfTheyHadBeenDrawn) {
    std::vector<std::uint64_t> numbers;
    for (Random random(Seed(5), 1, 2); numbers.size() < 20;) numbers.push_back(random());
    for (std::uint64_t start = 0; start < 10; ++start) {
        for (std::uint64_t count = 0; count < 10; ++count) {
            Random random(Seed(5), 1, 2);
            for (std::uint64_t i = 0; i < start; ++i) (void)random();
            random.discard(count);
            EXPECT_EQ(random(), numbers[start + count]) << start << " drawn, " << count << " passed over";
        }
    }
}

TEST(Random, GivesEverySeedPurposeAndIndexItsOwnNumbers) {
    std::set<std::uint64_t> numbers;
    std::size_t drawn = 0;
    for (const std::uint64_t seed : {0ULL, 1ULL, 1ULL << 32, ~0ULL}) {
        for (const std::uint16_t purpose : std::initializer_list<std::uint16_t>{0, 1, 256, 65535}) {
            for (const std::uint64_t index : {0ULL, 1ULL, 2ULL, 1ULL << 16, 1ULL << 32, 1ULL << 48, ~0ULL}) {
                Random random(Seed(seed), purpose, index);
                for (int i = 0; i < 50; ++i, ++drawn) numbers.insert(random());
            }
        }
    }
    EXPECT_EQ(numbers.size(), drawn);  // a chance repetition has probability 1e-12
}

TEST(Random, DrawsUniformNumbersFromZeroToBelowOne) {
    Random random(Seed(7), 0, 0);
    double sum = 0;
    double squares = 0;
    const int count = 200'000;
    for (int i = 0; i < count; ++i) {
        const double x = random.uniform();
        ASSERT_GE(x, 0.0);
        ASSERT_LT(x, 1.0);
        sum += x;
        squares += x * x;
    }
    EXPECT_NEAR(sum / count, 0.5, 5 * std::sqrt(1.0 / 12 / count));
    EXPECT_NEAR(squares / count, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / count));
}

TEST(Random, DrawsWholeNumbersBelowABoundEvenly) {
    Random random(Seed(8), 0, 0);
    for (const std::uint64_t bound : {1ULL, 2ULL, 3ULL, 10ULL, 1000ULL}) {
        std::vector<int> seen(bound);
        const int count = static_cast<int>(bound) * 1'000;
        for (int i = 0; i < count; ++i) ++seen.at(random.below(bound));
        double chi_squared = 0;
        for (const int times : seen) chi_squared += (times - 1'000.0) * (times - 1'000.0) / 1'000;
        const double freedom = static_cast<double>(bound - 1);
        EXPECT_LE(chi_squared, freedom + 5 * std::sqrt(2 * freedom) + 10) << "bound " << bound;
    }
}

// With a bound of 2/3 of the range, scaling alone would make even numbers twice as likely as odd ones.
TEST(Random, IsEvenForBoundsNearTheTopOf64Bits) {
    Random random(Seed(9), 0, 0);
    const std::uint64_t bound = 0xAAAAAAAAAAAAAAAB;
    int even = 0;
    int lower = 0;
    const int count = 100'000;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t x = random.below(bound);
        ASSERT_LT(x, bound);
        even += x % 2 == 0 ? 1 : 0;
        lower += x < bound / 2 ? 1 : 0;
    }
    EXPECT_NEAR(even, count / 2.0, 5 * std::sqrt(count / 4.0));
    EXPECT_NEAR(lower, count / 2.0, 5 * std::sqrt(count / 4.0));
}

TEST(Random, NeverLeavesItsStream) {
    Random random(Seed(10), 0, 0);
    random.discard(std::uint64_t{1} << 49);
    EXPECT_EQ(random(), Random(Seed(10), 0, 0)());
}

TEST(Seed, IsOneUnlessTheUserSaysOtherwise) { EXPECT_EQ(Seed().value(), 1U); }

TEST(Seed, ForksSeedsThatAllDiffer) {
    std::set<std::uint64_t> values;
    for (std::uint64_t parent = 0; parent < 50; ++parent) {
        values.insert(Seed(parent).value());
        for (std::uint64_t number = 0; number < 50; ++number) {
            values.insert(Seed(parent).fork(number).value());
            values.insert(Seed(parent).fork(std::to_string(number)).value());
        }
    }
    EXPECT_EQ(values.size(), 50U * 101U);
    EXPECT_NE(Seed(1).fork(2).fork(3), Seed(1).fork(3).fork(2));
    EXPECT_NE(Seed(1).fork("rows").fork("columns"), Seed(1).fork("columns").fork("rows"));
}

TEST(Seed, ForksTheSameSeedEveryTime) {
    static_assert(Seed(1).fork(2) == Seed(1).fork(2));
    static_assert(Seed(1).fork("darts") == Seed(1).fork("darts"));
    // Kept for ever: results that users have published depend on them.
    EXPECT_EQ(Seed(1).fork(0).value(), 0xdce423fc82c0d5b8U);
    EXPECT_EQ(Seed(1).fork("darts").value(), 0x010067a79fd6dcbaU);
}

TEST(Seed, ChangesHalfOfTheBitsWithEachBitOfTheNumber) {
    int changed = 0;
    for (int bit = 0; bit < 64; ++bit) {
        const std::uint64_t difference =
            Seed(1).fork(std::uint64_t{0}).value() ^ Seed(1).fork(std::uint64_t{1} << bit).value();
        changed += __builtin_popcountll(difference);
    }
    EXPECT_NEAR(changed, 64 * 32, 5 * std::sqrt(64 * 16));
}

}  // namespace
}  // namespace cohort

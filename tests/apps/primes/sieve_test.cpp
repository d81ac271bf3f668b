// Ranges have the primes that others have counted in them, from 0 to 2^64, however they are cut.

#include <cohort/plan/random.hpp>
#include <primes/estimates.hpp>
#include <primes/integers.hpp>
#include <primes/sieve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace cohort::primes {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

// [from, to)
constexpr Range between(std::uint64_t from, std::uint64_t to) { return {from, to - from}; }
// The last `count` numbers below 2^64.
constexpr Range at_the_top(std::uint64_t count) { return {most - count + 1, count}; }

// By the definition.
std::vector<std::uint64_t> by_division(Range numbers) {
    std::vector<std::uint64_t> primes;
    for (std::uint64_t i = 0; i < numbers.count; ++i) {
        const std::uint64_t number = numbers.first + i;
        bool prime = number > 1;
        for (std::uint64_t d = 2; prime && d * d <= number; ++d) prime = number % d != 0;
        if (prime) primes.push_back(number);
    }
    return primes;
}

std::vector<std::uint64_t> listed(PrimeStream& stream, Range numbers, std::size_t block) {
    std::vector<std::uint64_t> primes;
    std::vector<std::uint64_t> buffer(block);
    stream.turn_to(numbers);
    while (const std::size_t count = stream.read(buffer)) {
        primes.insert(primes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
    }
    return primes;
}

std::vector<std::uint64_t> listed(Range numbers) {
    PrimeStream stream(numbers);
    return listed(stream, numbers, 1000);
}

struct Known {
    Range numbers;
    std::uint64_t primes;
    std::uint64_t first;
    std::uint64_t last;
};
constexpr Known known_ranges[] = {
    {between(100'000'000, 100'010'000), 551, 100'000'007, 100'009'979},
    {between(100'000'000, 100'100'000), 5411, 100'000'007, 100'099'981},
    {between(1'000'000'000, 1'000'100'000), 4832, 1'000'000'007, 1'000'099'999},
    {between(100'000'000'000, 100'000'100'000), 4019, 100'000'000'003, 100'000'099'963},
};

TEST(CountPrimes, CountsWhatOthersHaveCounted) {
    for (const Known& known : known_ranges) {
        EXPECT_EQ(count_primes(known.numbers), known.primes) << "from " << known.numbers.first;
    }
    const std::uint64_t below_powers_of_ten[] = {0,      4,       25,        168,        1229,       9592,
                                                 78'498, 664'579, 5'761'455, 50'847'534, 455'052'511};
    std::uint64_t end = 1;
    for (const std::uint64_t count : below_powers_of_ten) {
        EXPECT_EQ(count_primes({0, end}), count) << "below " << end;
        end *= 10;
    }
}

TEST(CountPrimes, IsRightForEverySmallRange) {
    const std::vector<std::uint64_t> primes = by_division({0, 150});
    for (std::uint64_t from = 0; from < 130; ++from) {
        for (std::uint64_t to = from; to < 150; ++to) {
            const auto expected = std::count_if(primes.begin(), primes.end(),
                                                [&](std::uint64_t p) { return from <= p && p < to; });
            ASSERT_EQ(count_primes(between(from, to)), static_cast<std::uint64_t>(expected))
                << "[" << from << ", " << to << ")";
        }
    }
}

// The largest primes below 2^64 are 2^64 - 59, 83, 95, 179, 189, 257, 279, 323, 353, 363.
TEST(CountPrimes, IsRightToTheTopOf64Bits) {
    EXPECT_EQ(count_primes(at_the_top(1)), 0U);
    EXPECT_EQ(count_primes(at_the_top(58)), 0U);
    EXPECT_EQ(count_primes(at_the_top(59)), 1U);
    EXPECT_EQ(count_primes(at_the_top(363)), 10U);
    EXPECT_EQ(count_primes(between(most - 362, most)), 10U);
    EXPECT_EQ(count_primes(between(most - 362, largest_prime)), 9U);
    EXPECT_EQ(count_primes({most, 0}), 0U);
}

TEST(CountPrimes, CountsTheSameBySievingAndByTests) {
    for (std::uint64_t trial = 0; trial < 60; ++trial) {
        Random random(Seed(41), 0, trial);
        const std::uint64_t from = random() >> (20 + random.below(30));
        const Range numbers{from, random.below(20'000)};
        std::uint64_t tested = 0;
        for (std::uint64_t i = 0; i < numbers.count; ++i) tested += is_prime(from + i) ? 1U : 0U;
        EXPECT_EQ(count_primes(numbers), tested) << numbers.count << " numbers from " << from;
    }
}

TEST(CountingPieces, HaveThePrimesOfTheRangeOnAnyRanks) {
    for (const int ranks : {1, 2, 3, 5, 64, 1000}) {
        const Grains pieces = counting_pieces({0, 100'000'000}, ranks);
        EXPECT_EQ(pieces.first, 0U);
        EXPECT_EQ(pieces.items, 100'000'000U);
        std::uint64_t primes = 0;
        for (std::uint64_t i = 0; i < pieces.count(); ++i) primes += count_primes(pieces[i].items());
        EXPECT_EQ(primes, 5'761'455U) << "on " << ranks << " ranks";
    }
}

TEST(CountingPieces, AreAsManyToEachRankAndLongerThanTheSieveTakesToStart) {
    for (std::uint64_t trial = 0; trial < 2000; ++trial) {
        Random random(Seed(43), 0, trial);
        const std::uint64_t first = random() >> (1 + random.below(63));
        const Range numbers{first, 1 + std::min(random() >> (1 + random.below(63)), most - first - 1)};
        const std::uint64_t ranks = 1 + random.below(1000);
        const Grains pieces = counting_pieces(numbers, static_cast<int>(ranks));
        SCOPED_TRACE(testing::Message()
                     << numbers.count << " numbers from " << first << " on " << ranks << " ranks");
        ASSERT_EQ(pieces.items, numbers.count);
        ASSERT_LE(pieces.count(), 64 * ranks);
        if (pieces.count() > ranks) {
            const double end = static_cast<double>(first) + static_cast<double>(numbers.count);
            ASSERT_LT(numbers_to_start_sieve(end), 0.031 * static_cast<double>(pieces.size));
        }
        if (pieces.size > 65'536) {
            ASSERT_EQ(pieces.count() % ranks, 0U);
            ASSERT_LT(pieces.size - pieces[pieces.count() - 1].count, pieces.count());
        }
    }
}

TEST(CountingPieces, OfAShortRangeFarUpAreOneToARank) {
    for (const std::uint64_t first : {std::uint64_t{1'000'000'000'000'000'000}, most - 10'000'000'000}) {
        for (const int ranks : {1, 2, 3, 7}) {
            EXPECT_EQ(counting_pieces({first, 10'000'000'000}, ranks).count(),
                      static_cast<std::uint64_t>(ranks));
        }
    }
    EXPECT_EQ(counting_pieces({5, 0}, 3).count(), 0U);
    EXPECT_EQ(counting_pieces(at_the_top(1000), 3).count(), 1U);
}

TEST(PrimeStream, ListsWhatDivisionFinds) {
    for (const Range numbers : {Range{0, 0}, Range{0, 1}, Range{0, 2}, Range{2, 1}, Range{3, 1},
                                Range{0, 1000}, Range{1'000'000, 3000}, Range{999'999'999'000, 2000}}) {
        EXPECT_EQ(listed(numbers), by_division(numbers)) << "from " << numbers.first;
    }
    for (const Known& known : known_ranges) {
        const auto primes = listed(known.numbers);
        ASSERT_EQ(primes.size(), known.primes);
        EXPECT_EQ(primes.front(), known.first);
        EXPECT_EQ(primes.back(), known.last);
    }
}

TEST(PrimeStream, EndsAtTheTopOf64Bits) {
    std::vector<std::uint64_t> expected;
    for (const std::uint64_t below : {363U, 353U, 323U, 279U, 257U, 189U, 179U, 95U, 83U, 59U}) {
        expected.push_back(most - below + 1);
    }
    EXPECT_EQ(listed(at_the_top(363)), expected);
    EXPECT_EQ(listed(at_the_top(364)), expected);
    EXPECT_EQ(listed(at_the_top(58)), std::vector<std::uint64_t>{});
}

// Consecutive, with gaps, backwards, empty, again: what came before does not matter.
TEST(PrimeStream, ListsEachRangeWhateverCameBefore) {
    const Range whole{10'000'000'000, 1'000'000};
    PrimeStream stream(whole);
    Random random(Seed(42), 0, 0);
    std::uint64_t at = 0;
    for (int turn = 0; turn < 300; ++turn) {
        if (random.below(3) == 0) at = random.below(whole.count);
        const std::uint64_t count = std::min(random.below(400), whole.count - at);
        const Range numbers{whole.first + at, count};
        ASSERT_EQ(listed(stream, numbers, 1 + random.below(30)), listed(numbers))
            << count << " numbers from " << numbers.first;
        at += count;
    }
}

TEST(NthPrimeNear, IsTheSameFromEitherSide) {
    // The 100,000th prime is 1,299,709.
    for (const std::uint64_t from : {2U, 3U, 1000U, 1'299'700U, 1'299'709U, 1'299'710U, 1'400'000U}) {
        EXPECT_EQ(nth_prime_near(100'000, from, count_primes({0, from})), 1'299'709U) << "from " << from;
    }
    EXPECT_EQ(nth_prime_near(1, 2, 0), 2U);
    EXPECT_EQ(nth_prime_near(1, 3, 1), 2U);
    EXPECT_EQ(nth_prime_near(2, 2, 0), 3U);
}

}  // namespace
}  // namespace cohort::primes

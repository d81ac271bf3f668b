// The root deals every unit once, by the schedule, to ranks that ask in any order.
#include <cohort/run/deck.hpp>

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace cohort::detail {
namespace {

// How often each unit was dealt when ranks ask at random and take at most `most` at a time.
std::map<std::uint64_t, int> deal_all(Deck& deck, int ranks, std::uint64_t most, std::mt19937_64& random) {
    std::map<std::uint64_t, int> dealt;
    std::vector<int> left;
    for (int rank = 0; rank < ranks; ++rank) {
        left.push_back(rank);
    }
    while (!left.empty()) {
        const std::size_t place = random() % left.size();
        const auto chunk = deck.take(left[place], most);
        if (!chunk) {
            left.erase(left.begin() + static_cast<std::ptrdiff_t>(place));
            continue;
        }
        const std::uint64_t kept =
            1 + random() % chunk->count;  // as where items are too large for one message
        deck.put_back(left[place], {chunk->first + kept, chunk->count - kept});
        for (std::uint64_t unit = chunk->first; unit < chunk->first + kept; ++unit) {
            ++dealt[unit];
        }
        deck.measured(kept, static_cast<std::int64_t>(random() % 1'000'000));
    }
    return dealt;
}

TEST(Deck, DealsEveryUnitOnceForEverySchedule) {
    std::mt19937_64 random(5);
    for (int round = 0; round < 300; ++round) {
        const std::uint64_t units = random() % 500;
        const int ranks = 1 + static_cast<int>(random() % 6);
        const std::uint64_t size = 1 + random() % 20;
        for (const Schedule& schedule :
             {Schedule(Auto{}), Schedule(StaticBlock{}), Schedule(StaticCyclic{size}), Schedule(Fixed{size}),
              Schedule(Guided{size}), Schedule(Factoring{size})}) {
            Deck deck(schedule, Purpose::map, units, ranks);
            const auto dealt = deal_all(deck, ranks, 1 + random() % 50, random);
            EXPECT_EQ(dealt.size(), units) << name(schedule);
            for (const auto& [unit, times] : dealt) {
                EXPECT_EQ(times, 1) << "unit " << unit << " of " << units << ", " << name(schedule);
            }
        }
    }
}

TEST(Deck, DealsSingleUnitsUntilItKnowsHowLongTheyTake) {
    Deck deck(Auto{}, Purpose::map, 1'000'000, 2);
    EXPECT_EQ(deck.take(0, 1'000)->count, 1U);
    EXPECT_EQ(deck.take(1, 1'000)->count, 1U);
    deck.measured(2, 200);  // 100 ns each
    EXPECT_EQ(deck.take(0, 1'000)->count, 1'000U);
}

TEST(Deck, WithoutAKnownNumberDealsByTimeAndEndsWhereTheInputDoes) {
    Deck deck(StaticBlock{}, Purpose::map, std::nullopt, 3);
    EXPECT_EQ(deck.take(0, 100)->count, 1U);
    deck.measured(1, 10'000);
    EXPECT_EQ(deck.take(2, 100), (Chunk{1, 10}));
    deck.put_back(2, {5, 6});
    deck.end_at(5);
    EXPECT_EQ(deck.next(0), std::nullopt);
    EXPECT_EQ(deck.take(1, 100), std::nullopt);
}

}  // namespace
}  // namespace cohort::detail

// A reduction gives the same bits on any ranks, keeps the order of its operands, and goes on from a journal.
#include <cohort/run/exchange.hpp>
#include <cohort/run/reduce.hpp>

#include <gtest/gtest.h>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <bit>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <string>

namespace cohort {
namespace {

using testing::every_schedule;
using testing::world;

double term(Index i) {
    return std::sin(static_cast<double>(i)) * std::pow(10.0, static_cast<double>(i % 17));
}

TEST(MapReduce, GivesTheSameBitsAsOneRankForEverySchedule) {
    Team& team = world();
    Team alone = Team::alone();
    for (const std::uint64_t items : {0U, 1U, 2U, 1'000U, 10'007U}) {
        for (const std::uint64_t grain : {1U, 7U, 1'000U}) {
            const double expected =
                map_reduce(alone, indices(items), 0.0, term, std::plus<>{}, {.grain = grain});
            for (const Schedule& schedule : every_schedule()) {
                const double sum = map_reduce(team, indices(items), 0.0, term, std::plus<>{},
                                              {.schedule = schedule, .grain = grain});
                EXPECT_EQ(std::bit_cast<std::uint64_t>(sum), std::bit_cast<std::uint64_t>(expected))
                    << items << " items in grains of " << grain << ", " << name(schedule);
            }
        }
    }
}

TEST(MapReduce, KeepsTheOrderOfOperandsThatDoNotCommute) {
    Team& team = world();
    std::string expected;
    for (int i = 0; i < 2'003; ++i) {
        expected += std::to_string(i) + ",";
    }
    const auto text = [](Index i) { return std::to_string(i) + ","; };
    const std::vector<std::string> xs = testing::words(team.is_root(), 2'003);
    for (const Schedule& schedule : every_schedule()) {
        EXPECT_EQ(map_reduce(team, indices(2'003), std::string(), text, std::plus<>{},
                             {.schedule = schedule, .grain = 3}),
                  expected);
        const auto comma = [](const std::string& x) { return x + ","; };
        EXPECT_EQ(
            map_reduce(team, xs, std::string(), comma, std::plus<>{}, {.schedule = schedule, .grain = 3}),
            expected);
    }
}

TEST(MapReduce, OfItemsThatAreProducedMatchesThatOfIndices) {
    Team& team = world();
    Index next = 0;
    const auto make = [&]() -> std::optional<Index> {
        return next < 1'000 ? std::optional(next++) : std::nullopt;
    };
    EXPECT_EQ(map_reduce(team, produced(make), 0.0, term, std::plus<>{}, {.grain = 7}),
              map_reduce(team, indices(1'000), 0.0, term, std::plus<>{}, {.grain = 7}));
}

TEST(MapReduce, OfNothingIsTheIdentityOnEveryRank) {
    Team& team = world();
    EXPECT_EQ(map_reduce(
                  team, indices(0), 17, [](Index) { return 1; }, std::plus<>{}),
              17);
    EXPECT_EQ(map_reduce(
                  team, Grains{}, 17, [](Grain) { return 1; }, std::plus<>{}),
              17);
}

TEST(MapReduce, OfGrainsCountsTheLastShortOne) {
    Team& team = world();
    const auto size = [](Grain grain) { return grain.count; };
    EXPECT_EQ(map_reduce(team, Grains{.items = 1'000'003, .size = 1'000}, std::uint64_t{0}, size),
              1'000'003U);
}

TEST(MapReduce, ReadsASource) {
    testing::Squares source(10'000);
    const double sum =
        map_reduce(world(), source, 0.0, [](double x) { return x; }, std::plus<>{}, {.grain = 100});
    EXPECT_EQ(sum, 333'283'335'000.0);
}

TEST(MapReduce, ThrowsOnEveryRankWhatItsOperationThrows) {
    Team& team = world();
    const auto refuse = [](int a, int b) -> int {
        if (a + b > 100) {
            throw std::overflow_error("too much");
        }
        return a + b;
    };
    EXPECT_THROW(map_reduce(
                     team, indices(1'000), 0, [](Index) { return 1; }, refuse),
                 TaskError);
    EXPECT_EQ(map_reduce(
                  team, indices(10), 0, [](Index) { return 1; }, refuse),
              10);
}

// Keeps partial results in memory, as the ledger will keep them in a file.
class Notebook : public Journal {
  public:
    std::vector<Done> begin(std::string_view /*call*/, const Grains& /*grains*/) override {
        std::vector<Done> all;
        for (const auto& [grain, partial] : done) {
            all.push_back({grain, partial});
        }
        return all;
    }
    void finished(std::uint64_t grain, std::span<const std::byte> partial) override {
        EXPECT_FALSE(done.contains(grain)) << "grain " << grain << " was done twice";
        done[grain].assign(partial.begin(), partial.end());
    }
    void end() override { ended = true; }

    std::map<std::uint64_t, std::vector<std::byte>> done;
    bool ended = false;
};

TEST(MapReduce, GoesOnFromAJournalWithTheSameBits) {
    Team& team = world();
    const double expected = map_reduce(team, indices(5'000), 0.0, term, std::plus<>{}, {.grain = 10});
    Notebook notebook;
    // In the last grain of the root's block: by then it has told the journal of those before.
    const Index last_of_root = 5'000 / static_cast<Index>(team.size()) / 10 * 10 - 7;
    const auto breaks = [&](Index i) {
        if (i == last_of_root) {
            throw std::runtime_error("power cut");
        }
        return term(i);
    };
    EXPECT_THROW(map_reduce(team, indices(5'000), 0.0, breaks, std::plus<>{},
                            {.schedule = StaticBlock{}, .journal = &notebook, .grain = 10}),
                 TaskError);
    EXPECT_FALSE(notebook.ended);
    const std::size_t before = notebook.done.size();
    const double sum =
        map_reduce(team, indices(5'000), 0.0, term, std::plus<>{}, {.journal = &notebook, .grain = 10});
    EXPECT_EQ(sum, expected);
    if (team.is_root()) {
        EXPECT_TRUE(notebook.ended);
        EXPECT_GT(before, 0U);
        EXPECT_EQ(notebook.done.size(), 500U);
    }
}

// Of the last grain, too, which is shorter.
TEST(MapReduce, CountsItemsAndNotGrainsWithAJournalToo) {
    Team& team = world();
    const auto task = [](Index i) { return i == 25 || i == 99 ? throw std::runtime_error("odd") : 1; };
    for (const bool journaled : {false, true}) {
        Notebook notebook;
        Balance balance;
        std::vector<TaskFailure> failures;
        const int sum = map_reduce(team, indices(100), 0, task, std::plus<>{},
                                   {.journal = journaled ? &notebook : nullptr,
                                    .grain = 7,
                                    .report = &balance,
                                    .collect = &failures});
        EXPECT_EQ(sum, 91);
        EXPECT_EQ(balance.items, 91U);
        ASSERT_EQ(failures.size(), 2U);
        EXPECT_EQ(failures[0].item, 21U);
        EXPECT_EQ(failures[0].items, 7U);
        EXPECT_EQ(failures[1].item, 98U);
        EXPECT_EQ(failures[1].items, 2U);
    }
}

// A task is told the same with a journal and without, in grains of any size.
TEST(MapReduce, GivesEveryItemItsIndexAndItsRandomNumbers) {
    Team& team = world();
    const Indices input = indices(Range{1'000, 1'000});
    const auto draw = [](Index i, Context& context) {
        return context.index() == i ? context.random()() % 1'000'003 : std::uint64_t{1} << 40;
    };
    std::uint64_t expected = 0;
    for (Index i = 1'000; i < 2'000; ++i) {
        expected += Random(Seed{7}, 0, i)() % 1'000'003;
    }
    for (const std::uint64_t grain : {1U, 7U, 1'000U}) {
        for (const bool journaled : {false, true}) {
            Notebook notebook;
            const std::uint64_t sum =
                map_reduce(team, input, std::uint64_t{0}, draw, std::plus<>{},
                           {.journal = journaled ? &notebook : nullptr, .seed = Seed{7}, .grain = grain});
            EXPECT_EQ(sum, expected) << grain << " " << journaled;
        }
    }
}

}  // namespace
}  // namespace cohort

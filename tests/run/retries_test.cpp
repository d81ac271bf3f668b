// Tasks that fail at first: tried again, on another rank, with the same random numbers, and their results like any other.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>

#include <gtest/gtest.h>
#include <run/failing.hpp>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <deque>
#include <functional>
#include <numeric>
#include <set>
#include <string>

namespace cohort {
namespace {

using testing::expect_everywhere;
using testing::OddError;
using testing::world;

// Fails on the first `times` attempts of every seventh item.
template <typename F>
auto flaky(int times, F f) {
    return [times, f](const auto& x, Context& context) {
        if (context.index() % 7 == 3 && context.attempt() < times) {
            throw OddError("not yet");
        }
        return f(x);
    };
}

std::vector<std::uint64_t> squares(std::uint64_t count) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 0; i < count; ++i) {
        all.push_back(i * i);
    }
    return all;
}

// Items that a task may move from.
std::deque<std::string> numbers(const Team& team, std::uint64_t count) {
    std::deque<std::string> all;
    for (std::uint64_t i = 0; team.is_root() && i < count; ++i) {
        all.push_back(std::to_string(i));
    }
    return all;
}

TEST(Retries, GiveTheResultsOfARunWithoutFailures) {
    Team& team = world();
    const auto square = [](Index i) { return i * i; };
    for (const std::uint64_t count : {0U, 4U, 500U}) {
        for (const Schedule& schedule : testing::every_schedule()) {
            const std::vector<std::uint64_t> all =
                map(team, indices(count), flaky(2, square), {.schedule = schedule, .retries = 2});
            EXPECT_EQ(all, team.is_root() ? squares(count) : std::vector<std::uint64_t>());
        }
    }
}

TEST(Retries, GiveTheTaskItsItemAgainThoughItMovedFromIt) {
    Team& team = world();
    const auto eat = [](auto& item, Context& context) {
        const std::string eaten = std::move(item);
        if (context.index() % 7 == 3 && context.attempt() < 2) {
            throw OddError("not yet");
        }
        const std::uint64_t i = std::stoull(eaten);
        return i * i;
    };
    const auto task = [&](std::string item, Context& context) { return eat(item, context); };
    const auto expected = team.is_root() ? squares(300) : std::vector<std::uint64_t>();
    EXPECT_EQ(map(team, numbers(team, 300), task, {.retries = 2}), expected);

    for (const std::uint64_t in_flight : {0U, 1U, 5U, 1000U}) {
        std::deque<std::string> left = numbers(team, 300);
        const auto make = [&]() -> std::optional<std::string> {
            if (left.empty()) {
                return std::nullopt;
            }
            std::string first = std::move(left.front());
            left.pop_front();
            return first;
        };
        EXPECT_EQ(map(team, produced(make), task, {.in_flight = in_flight, .retries = 2}), expected);

        left = numbers(team, 300);
        std::vector<std::uint64_t> in_order;
        map_ordered(team, produced(make), task, [&](std::uint64_t y) { in_order.push_back(y); },
                    {.in_flight = in_flight, .retries = 2});
        EXPECT_EQ(in_order, expected);
    }
}

TEST(Retries, ConsumeEachResultOnce) {
    Team& team = world();
    const auto square = [](Index i) { return i * i; };
    for (const std::uint64_t in_flight : {0U, 1U, 5U, 1000U}) {
        std::vector<std::uint64_t> in_order;
        map_ordered(team, indices(300), flaky(3, square), [&](std::uint64_t y) { in_order.push_back(y); },
                    {.in_flight = in_flight, .retries = 3});
        EXPECT_EQ(in_order, team.is_root() ? squares(300) : std::vector<std::uint64_t>());

        std::multiset<std::uint64_t> any_order;
        map_unordered(team, indices(300), flaky(3, square), [&](std::uint64_t y) { any_order.insert(y); },
                      {.in_flight = in_flight, .retries = 3});
        EXPECT_EQ(std::vector<std::uint64_t>(any_order.begin(), any_order.end()),
                  team.is_root() ? squares(300) : std::vector<std::uint64_t>());
    }
}

TEST(Retries, KeepTheBitsOfASum) {
    Team& team = world();
    const auto third = [](Index i) { return 1.0 / (3.0 * static_cast<double>(i) + 1); };
    const auto third_of_word = [&](const std::string& x) { return third(std::stoull(x)); };
    for (const std::uint64_t grain : {1U, 10U}) {
        const double expected = map_reduce(team, indices(1'000), 0.0, third, std::plus<>{}, {.grain = grain});
        EXPECT_EQ(map_reduce(team, indices(1'000), 0.0, flaky(1, third), std::plus<>{},
                             {.grain = grain, .retries = 1}),
                  expected);
        EXPECT_EQ(map_reduce(team, numbers(team, 1'000), 0.0, flaky(1, third_of_word), std::plus<>{},
                             {.grain = grain, .retries = 1}),
                  expected);
    }
}

TEST(Retries, HappenOnAnotherRank) {
    Team& team = world();
    const auto task = [&](Index, Context& context) {
        if (context.attempt() < 2) {
            throw OddError(std::to_string(team.rank()));
        }
        return team.rank();
    };
    const auto rank_that = [&](const Schedule& schedule) {
        return map(team, indices(20), task,
                   {.schedule = schedule, .results = Results::everywhere, .retries = 2});
    };
    const std::vector<int> first = map(team, indices(20), [&](Index) { return team.rank(); },
                                       {.schedule = StaticBlock{}, .results = Results::everywhere});
    const std::vector<int> third = rank_that(StaticBlock{});
    if (team.nodes() == 1) {  // elsewhere streams are dealt, to who asks
        for (std::size_t i = 0; i < first.size(); ++i) {
            EXPECT_EQ(third[i], (first[i] + 2) % team.size());
        }
    }
}

TEST(Retries, DrawTheSameRandomNumbers) {
    Team& team = world();
    const auto draw = [](Index, Context& context) { return context.random()(); };
    const auto draw_and_fail = [](Index, Context& context) {
        const std::uint64_t number = context.random()();
        return context.attempt() == 0 ? throw OddError("drawn in vain") : number;
    };
    EXPECT_EQ(map(team, indices(100), draw_and_fail, {.retries = 1}), map(team, indices(100), draw));
}

TEST(Retries, ThatAreTooFewEndInTheErrorOfTheLowestItem) {
    Team& team = world();
    const auto square = [](Index i) { return i * i; };
    const auto ignore = [](std::uint64_t) {};
    for (const int retries : {1, 4}) {
        const Options options{.retries = retries};
        const std::vector<std::function<void()>> calls{
            [&] { map(team, indices(50), flaky(9, square), options); },
            [&] { for_each(team, indices(50), flaky(9, square), options); },
            [&] { map_reduce(team, indices(50), Index{0}, flaky(9, square), std::plus<>{}, options); },
            [&] { map_unordered(team, indices(50), flaky(9, square), ignore, options); },
            [&] { (void)find_first(team, indices(50), flaky(9, [](Index) { return false; }), options); }};
        for (const auto& call : calls) {
            const std::string words = expect_everywhere<TaskError>(team, [&] {
                try {
                    call();
                } catch (const TaskError& error) {
                    EXPECT_EQ(error.item(), 3U);
                    EXPECT_EQ(error.attempts(), retries + 1);
                    throw;
                }
            });
            EXPECT_NE(words.find("item 3 failed"), std::string::npos) << words;
            EXPECT_NE(words.find("tried " + std::to_string(retries + 1) + " times"), std::string::npos)
                << words;
        }
    }
}

TEST(Retries, NestTheOriginalOnTheRankThatThrewLast) {
    Team& team = world();
    try {
        for_each(team, indices(10), [](Index i) { return i == 5 ? throw OddError("odd") : 0; },
                 {.retries = 1});
        ADD_FAILURE() << "nothing was thrown";
    } catch (const TaskError& error) {
        bool nested = false;
        try {
            std::rethrow_if_nested(error);
        } catch (const OddError&) {
            nested = true;
        }
        EXPECT_EQ(nested, error.rank() == team.rank());
    }
}

TEST(Retries, LetASearchFindWhatItWouldHaveFound) {
    Team& team = world();
    const auto is_big = [](Index i) { return i >= 24; };  // 24 fails at first
    const auto is_big_word = [&](const std::string& x) { return is_big(std::stoull(x)); };
    EXPECT_EQ(find_first(team, From{0}, flaky(2, is_big), {.retries = 2}), 24U);
    EXPECT_EQ(find_first(team, numbers(team, 100), flaky(2, is_big_word), {.retries = 2}), 24U);
    EXPECT_TRUE(any_of(team, indices(25), flaky(2, is_big), {.retries = 2}));
    const auto big = [&](Index i) { return is_big(i) ? std::optional(i) : std::nullopt; };
    EXPECT_EQ(search_first(team, From{0}, flaky(2, big), {.retries = 2}), 24U);
}

TEST(Retries, ReadASourceAgain) {
    Team& team = world();
    class Weak : public testing::Squares {
      public:
        Weak() : Squares(5'000) {}
        void read(Index first, std::span<double> items) override {
            if (++reads_ == 1) {  // on each rank, so an item may meet it everywhere
                throw StoreError("stale handle");
            }
            Squares::read(first, items);
        }

      private:
        int reads_ = 0;
    } source;
    double expected = 0;
    for (Index i = 0; i < 5'000; ++i) {
        expected += static_cast<double>(i * i);
    }
    EXPECT_EQ(
        map_reduce(team, source, 0.0, [](double x) { return x; }, std::plus<>{}, {.retries = team.size()}),
        expected);
}

TEST(Retries, FillEveryPlaceOfASink) {
    Team& team = world();
    class Memory : public Sink<std::uint64_t> {
      public:
        void write(Index first, std::span<const std::uint64_t> results) override {
            for (const std::uint64_t result : results) {
                EXPECT_EQ(result, first * first);
                ++first;
                ++written;
            }
        }
        std::uint64_t written = 0;
    } sink, sink_of_words;
    map_into(team, indices(300), flaky(1, [](Index i) { return i * i; }), sink, {.retries = 1});
    const auto square = [](const std::string& x) { return Index{std::stoull(x)} * Index{std::stoull(x)}; };
    map_into(team, numbers(team, 300), flaky(1, square), sink_of_words, {.retries = 1});
    for (const Memory* memory : {&sink, &sink_of_words}) {
        const std::vector<std::uint64_t> parts = all_gather(team, memory->written);
        EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}), 300U);
    }
}

TEST(Retries, DoNotTouchWhatIsNoTask) {
    Team& team = world();
    const auto same = [](Index i) { return i; };
    int consumed = 0;
    const auto refuse = [&](Index) { ++consumed < 40 ? void() : throw StoreError("disk full"); };
    expect_everywhere<StoreError>(team,
                                  [&] { map_unordered(team, indices(300), same, refuse, {.retries = 5}); });
    EXPECT_EQ(consumed, team.is_root() ? 40 : 0);

    const auto bad = [](std::uint64_t a, std::uint64_t b) { return b > 200 ? throw OddError("bad") : a + b; };
    expect_everywhere<TaskError>(
        team, [&] { map_reduce(team, indices(300), std::uint64_t{0}, same, bad, {.retries = 5}); });
}

TEST(Retries, CountEveryItemOnce) {
    Team& team = world();
    Balance balance;
    for_each(team, indices(200), flaky(1, [](Index i) { return i; }), {.report = &balance, .retries = 3});
    EXPECT_EQ(balance.items, 200U);
    EXPECT_EQ(balance.ranks, team.size());
}

}  // namespace
}  // namespace cohort

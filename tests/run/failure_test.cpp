// Whatever fails on any rank ends the call on all of them with the same error, and the team goes on.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>
#include <cohort/team/interrupt.hpp>

#include <gtest/gtest.h>
#include <run/failing.hpp>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <csignal>
#include <string>
#include <thread>

namespace cohort {
namespace {

using testing::expect_everywhere;
using testing::OddError;
using testing::world;

TEST(Failure, OfATaskReachesEveryRankForEverySchedule) {
    Team& team = world();
    for (const Schedule& schedule : testing::every_schedule()) {
        const auto task = [](Index i) {
            if (i == 321) {
                throw OddError("singular");
            }
            return i;
        };
        const std::string words = expect_everywhere<TaskError>(
            team, [&] { map(team, indices(1'000), task, {.schedule = schedule}); });
        EXPECT_NE(words.find("item 321 failed on rank"), std::string::npos) << words;
        EXPECT_NE(words.find("singular"), std::string::npos) << words;
    }
}

TEST(Failure, OfOneRankOfAllRanksAndOfTheLastRank) {
    Team& team = world();
    for (const int rank : {0, team.size() - 1, -1}) {
        const auto task = [&](Index i) {
            if (rank < 0 || team.rank() == rank) {
                throw OddError("item " + std::to_string(i));
            }
        };
        expect_everywhere<TaskError>(
            team, [&] { for_each(team, indices(1'000), task, {.schedule = StaticBlock{}}); });
    }
}

TEST(Failure, KeepsTheOriginalOnTheRankThatThrew) {
    Team& team = world();
    try {
        for_each(team, indices(100), [](Index i) {
            if (i == 50) {
                throw OddError("odd");
            }
        });
        ADD_FAILURE() << "nothing was thrown";
    } catch (const TaskError& error) {
        EXPECT_EQ(error.item(), 50U);
        EXPECT_NE(error.type().find("OddError"), std::string::npos);
        bool nested = false;
        try {
            std::rethrow_if_nested(error);
        } catch (const OddError&) {
            nested = true;
        }
        EXPECT_EQ(nested, error.rank() == team.rank());
    }
}

TEST(Failure, OfThingsThatAreNoExceptions) {
    Team& team = world();
    const std::string words =
        expect_everywhere<TaskError>(team, [&] { for_each(team, indices(10), [](Index) { throw 42; }); });
    EXPECT_NE(words.find("of type int"), std::string::npos);
}

TEST(Failure, InEveryKindOfCall) {
    Team& team = world();
    const auto bad = [](Index i) -> int { return i == 77 ? throw OddError("bad") : 1; };
    const auto bad_word = [](const std::string& x) -> int { return x == "77" ? throw OddError("bad") : 1; };
    const std::vector<std::string> xs = testing::words(team.is_root(), 300);
    const auto ignore = [](int) {};
    expect_everywhere<TaskError>(team, [&] { map(team, xs, bad_word); });
    expect_everywhere<TaskError>(team, [&] { map_ordered(team, indices(300), bad, ignore); });
    expect_everywhere<TaskError>(team, [&] { map_unordered(team, indices(300), bad, ignore); });
    expect_everywhere<TaskError>(team, [&] { map_unordered(team, xs, bad_word, ignore, {.in_flight = 4}); });
    expect_everywhere<TaskError>(team, [&] { for_each(team, xs, bad_word); });
    expect_everywhere<TaskError>(team, [&] { map_reduce(team, indices(300), 0, bad); });
    expect_everywhere<TaskError>(team, [&] { map_reduce(team, xs, 0, bad_word); });
    expect_everywhere<TaskError>(
        team, [&] { (void)find_first(team, indices(300), [&](Index i) { return bad(i) == 2; }); });
    expect_everywhere<TaskError>(
        team, [&] { (void)any_of(team, xs, [&](const std::string& x) { return bad_word(x) == 2; }); });
}

TEST(Failure, OfAConsumerOnTheRoot) {
    Team& team = world();
    const auto refuse = [](Index i) {
        if (i == 40) {
            throw StoreError("disk full");
        }
    };
    for (const std::uint64_t in_flight : {0U, 1U, 100U}) {
        const auto same = [](Index i) { return i; };
        expect_everywhere<StoreError>(
            team, [&] { map_unordered(team, indices(20'000), same, refuse, {.in_flight = in_flight}); });
        expect_everywhere<StoreError>(
            team, [&] { map_ordered(team, indices(20'000), same, refuse, {.in_flight = in_flight}); });
    }
}

TEST(Failure, OfAProducer) {
    Team& team = world();
    int made = 0;
    const auto make = [&]() -> std::optional<int> {
        return made < 50 ? std::optional(made++) : throw OddError("no more");
    };
    expect_everywhere<TaskError>(team, [&] {
        map_unordered(
            team, produced(make), [](int x) { return x; }, [](int) {});
    });
}

class BadSource : public testing::Squares {
  public:
    BadSource() : Squares(10'000) {}
    void read(Index first, std::span<double> items) override {
        Squares::read(first, items);
        if (first + items.size() == 10'000) {
            throw StoreError("cannot read");
        }
    }
};

class BadSink : public Sink<double> {
  public:
    void write(Index first, std::span<const double> results) override {
        if (first + results.size() > 5'000) {
            throw StoreError("disk full");
        }
    }
};

TEST(Failure, OfASourceOrASinkKeepsItsType) {
    Team& team = world();
    BadSource source;
    expect_everywhere<StoreError>(team, [&] { map(team, source, [](double x) { return x; }); });
    BadSink sink;
    expect_everywhere<StoreError>(team, [&] {
        map_into(
            team, indices(10'000), [](Index i) { return static_cast<double>(i); }, sink);
    });
}

TEST(Failure, StopsOtherRanksInTheMiddleOfALongTaskThatAsks) {
    Team& team = world();
    const auto task = [&](Index i, Context& context) {
        if (i == 0) {
            throw OddError("soon");
        }
        while (!context.stop_requested()) {}
    };
    expect_everywhere<TaskError>(team, [&] { for_each(team, indices(1'000), task, {.schedule = Fixed{1}}); });
}

// One chunk, or one grain, a rank of more tasks than can be done in an hour, none of which asks its context.
TEST(Failure, IsHeardBetweenTasksThatNeverAsk) {
    Team& team = world();
    const std::uint64_t each = std::uint64_t{1} << 44;
    const std::uint64_t count = each * static_cast<std::uint64_t>(team.size());
    const auto task = [](Index i) {
        if (i == 3) {
            throw OddError("third");
        }
        return i;
    };
    const Options options{.schedule = StaticBlock{}};
    expect_everywhere<TaskError>(team, [&] {
        for_each(
            team, indices(count), [&](Index i) { static_cast<void>(task(i)); }, options);
    });
    expect_everywhere<TaskError>(
        team, [&] { map_reduce(team, indices(count), Index{0}, task, std::plus<>{}, {.grain = each}); });
}

TEST(Interrupt, EndsACallOnEveryRank) {
    Team& team = world();
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) {
        const auto task = [&](Index i) {
            if (i == 500) {
                detail::request_interrupt(signal);  // as a handler would, on one rank only
            }
            std::this_thread::sleep_for(std::chrono::microseconds(10));
        };
        std::string words;
        try {
            for_each(team, indices(100'000), task);
            ADD_FAILURE() << "the interrupt was lost";
        } catch (const Interrupted& error) {
            EXPECT_EQ(error.signal(), signal);
            EXPECT_EQ(error.exit_status(), signal == SIGINT ? 130 : 75);
            words = error.what();
        }
        detail::clear_interrupt();
        for (const std::string& other : all_gather(team, words)) {
            EXPECT_EQ(other, words);
        }
    }
    EXPECT_EQ(map_reduce(team, indices(100), 0, [](Index) { return 1; }), 100);
}

TEST(Interrupt, ReachesALongTaskThatAsks) {
    Team& team = world();
    const auto task = [&](Index i, Context& context) {
        if (i == 0) {
            detail::request_interrupt(SIGTERM);
        }
        while (!context.stop_requested()) {}
        return 1;
    };
    EXPECT_THROW(map(team, indices(100), task, {.schedule = Fixed{1}}), Interrupted);
    detail::clear_interrupt();
    team.barrier();
}

}  // namespace
}  // namespace cohort

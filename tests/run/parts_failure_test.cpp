// What fails or interrupts any rank of a part ends the call on all ranks of the team, and the parts go on.
#include <cohort/run/exchange.hpp>
#include <cohort/run/parts.hpp>
#include <cohort/team/interrupt.hpp>

#include <gtest/gtest.h>
#include <run/cuts.hpp>
#include <run/failing.hpp>
#include <run/inputs.hpp>

#include <algorithm>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace cohort {
namespace {

using testing::for_every_cut;
using testing::OddError;
using testing::square;
using testing::together;

// The parts too must be as good as new.
template <typename E>
std::string expect_everywhere(Parts& parts, const std::function<void()>& call) {
    return testing::expect_everywhere<E>(parts.team(), call, [&] {
        EXPECT_EQ(map_reduce(parts, indices(10), 0, [](Index, Team&) { return 1; }), 10);
    });
}

TEST(FailureInParts, NamesTheItemAndTheRankOfTheTeam) {
    for_every_cut([](Team& team, Parts& parts) {
        for (int bad = 0; bad < team.size(); ++bad) {
            // Every part has one rank that fails; only that of item 13 does.
            const auto task = [&](Index i, Team& part) {
                if (i == 13 && part.rank() == bad % part.size()) {
                    throw OddError("singular");
                }
                return i;
            };
            TaskError caught({}, "");
            bool nested = false;
            const auto call = [&] {
                try {
                    map(parts, indices(40), task, {.schedule = Fixed{1}});
                } catch (const TaskError& error) {
                    caught = error;
                    try {
                        std::rethrow_if_nested(error);
                    } catch (const OddError&) {
                        nested = true;
                    }
                    throw;
                }
            };
            const std::string words = expect_everywhere<TaskError>(parts, call);
            EXPECT_EQ(caught.item(), 13U);
            EXPECT_NE(caught.type().find("OddError"), std::string::npos) << caught.type();
            EXPECT_EQ(words.find("item 13 failed on rank " + std::to_string(caught.rank()) + " ("), 0U)
                << words;
            EXPECT_NE(words.find("): singular ("), std::string::npos) << words;
            EXPECT_EQ(nested, caught.rank() == team.rank());
            // The rank is one that can have thrown.
            const bool may = parts.part().rank() == bad % parts.part().size();
            EXPECT_TRUE(all_gather(team, may).at(static_cast<std::size_t>(caught.rank())));
        }
    });
}

TEST(FailureInParts, EndsEveryKindOfCall) {
    for_every_cut([](Team& team, Parts& parts) {
        const auto last = [](Team& part) { return part.rank() == part.size() - 1; };
        const auto bad = [&](Index i, Team& part) -> int {
            return i == 17 && last(part) ? throw OddError("bad") : 1;
        };
        const auto bad_word = [&](const std::string& x, Team& part) -> int {
            return x == "17" && last(part) ? throw OddError("bad") : 1;
        };
        const std::vector<std::string> xs = testing::words(team.is_root(), 60);
        const auto ignore = [](int) {};
        const auto fails = [&](const std::function<void()>& call) {
            expect_everywhere<TaskError>(parts, call);
        };
        fails([&] { map(parts, xs, bad_word); });
        fails([&] { map_ordered(parts, indices(60), bad, ignore); });
        fails([&] { map_unordered(parts, indices(60), bad, ignore); });
        fails([&] { map_unordered(parts, xs, bad_word, ignore, {.in_flight = 4}); });
        fails([&] { for_each(parts, xs, bad_word); });
        fails([&] { map_reduce(parts, indices(60), 0, bad); });
        fails([&] { map_reduce(parts, xs, 0, bad_word); });
        fails([&] {
            (void)find_first(parts, indices(60), [&](Index i, Team& part) { return bad(i, part) == 2; });
        });
        fails([&] {
            (void)any_of(parts, xs, [&](const std::string& x, Team& part) { return bad_word(x, part) == 2; });
        });
    });
}

// The last rank of a part fails, for good on items 5 and 8 and once on 3 and 30.
Index patient(Index i, Team& part, Context& context) {
    const bool for_good = i == 5 || i == 8;
    if (part.rank() == part.size() - 1 && (for_good || ((i == 3 || i == 30) && context.attempt() == 0))) {
        throw OddError("odd " + std::to_string(i));
    }
    return i;
}

TEST(FailureInParts, AfterRetriesIsThatOfTheFirstItem) {
    for_every_cut([](Team&, Parts& parts) {
        TaskError caught({}, "");
        const auto call = [&] {
            try {
                map(parts, indices(40), patient, {.retries = 2});
            } catch (const TaskError& error) {
                caught = error;
                throw;
            }
        };
        const std::string words = expect_everywhere<TaskError>(parts, call);
        EXPECT_EQ(caught.item(), 5U);
        EXPECT_EQ(caught.attempts(), 3);
        EXPECT_NE(words.find("odd 5"), std::string::npos) << words;
    });
}

TEST(FailureInParts, AreListedOnEveryRank) {
    for_every_cut([](Team&, Parts& parts) {
        std::vector<TaskFailure> failures(1);
        for_each(parts, indices(40), patient, {.retries = 1, .collect = &failures});
        ASSERT_EQ(failures.size(), 2U);
        EXPECT_EQ(failures[0].item, 5U);
        EXPECT_EQ(failures[1].item, 8U);
        EXPECT_EQ(failures[1].attempts, 2);
        EXPECT_NE(failures[1].message.find("odd 8"), std::string::npos) << failures[1].message;
    });
}

// Where failures are listed, what else ends the call is not taken for one of them.
TEST(FailureInParts, OfAConsumerIsToldFromThoseThatAreListed) {
    for_every_cut([](Team&, Parts& parts) {
        std::vector<TaskFailure> failures;
        const auto refuse = [](Index i, Index) {
            if (i > 8) {
                throw StoreError("disk full");
            }
        };
        const std::string words = expect_everywhere<StoreError>(
            parts, [&] { map_ordered(parts, indices(40), patient, refuse, {.collect = &failures}); });
        EXPECT_NE(words.find("disk full"), std::string::npos) << words;
    });
}

TEST(FailureInParts, OfASearchCountsAsAHit) {
    for_every_cut([](Team&, Parts& parts) {
        const auto task = [](Index i, Team& part) {
            if (i == 30 && part.rank() == part.size() - 1) {
                throw OddError("bad");
            }
            return i == 20;
        };
        EXPECT_EQ(find_first(parts, indices(100), task), 20U);
    });
}

TEST(FailureInParts, KeepsItsType) {
    for_every_cut([](Team& team, Parts& parts) {
        const auto full = [](Index i, Team& part) {
            if (i == 5 && part.rank() == part.size() - 1) {
                throw StoreError("disk full");
            }
        };
        EXPECT_EQ(expect_everywhere<StoreError>(parts, [&] { for_each(parts, indices(9), full); }),
                  "disk full");
        const auto number = [](Index, Team&) { throw 42; };
        const std::string words =
            expect_everywhere<TaskError>(parts, [&] { for_each(parts, indices(9), number); });
        EXPECT_NE(words.find("of type int"), std::string::npos) << words;
        const auto outer = [&](Index, Team&) { team.barrier(); };
        const std::string nested =
            expect_everywhere<UsageError>(parts, [&] { for_each(parts, indices(9), outer); });
        EXPECT_NE(nested.find("from inside a task"), std::string::npos) << nested;
        const auto again = [&](Index, Team&) { for_each(parts, indices(1), [](Index, Team&) {}); };
        expect_everywhere<UsageError>(parts, [&] { for_each(parts, indices(9), again); });
    });
}

TEST(FailureInParts, OfACallInsideATaskNamesBothItems) {
    for_every_cut([](Team&, Parts& parts) {
        const auto task = [](Index i, Team& part) {
            return map_reduce(part, indices(10), 0, [&](Index k) -> int {
                return i == 4 && k == 7 ? throw OddError("inside") : 1;
            });
        };
        const std::string words = expect_everywhere<TaskError>(parts, [&] { map(parts, indices(9), task); });
        EXPECT_EQ(words.find("item 4 failed on rank "), 0U) << words;
        EXPECT_NE(words.find(": item 7 failed on rank "), std::string::npos) << words;
    });
}

TEST(FailureInParts, OfOneRankThatAgreesReachesTheOthersOfItsPart) {
    for_every_cut([](Team&, Parts& parts) {
        const auto task = [](Index i, Team& part) {
            part.agree([&] {
                if (i == 4 && part.rank() == part.size() - 1) {
                    throw OddError("no room");
                }
            });
            return together(part, i);  // would hang without
        };
        const std::string words = expect_everywhere<TaskError>(parts, [&] { map(parts, indices(9), task); });
        EXPECT_NE(words.find("no room"), std::string::npos) << words;
    });
}

TEST(FailureInParts, StopsTheOtherRanksOfItsPartWhereTheyAsk) {
    for_every_cut([](Team&, Parts& parts) {
        const auto task = [](Index i, Team& part, Context& context) {
            if (i == 2 && part.rank() == part.size() - 1) {
                throw OddError("soon");
            }
            while (i >= 2 && !context.stop_requested()) {
                std::this_thread::yield();
            }
        };
        expect_everywhere<TaskError>(parts,
                                     [&] { for_each(parts, indices(50), task, {.schedule = Fixed{1}}); });
    });
}

class BadSource : public testing::Squares {
  public:
    BadSource() : Squares(50) {}
    void read(Index first, std::span<double> items) override {
        Squares::read(first, items);
        if (first + items.size() == 50) {
            throw OddError("cannot read");
        }
    }
};

TEST(FailureInParts, OfWhatIsNoTaskReachesEveryRank) {
    for_every_cut([](Team& team, Parts& parts) {
        const auto refuse = [](Index y) { return y == 16 ? throw StoreError("disk full") : 0; };
        expect_everywhere<StoreError>(parts, [&] { map_ordered(parts, indices(50), square, refuse); });
        int made = 0;
        const auto make = [&]() -> std::optional<int> {
            return made < 5 ? std::optional(made++) : throw OddError("no more");
        };
        const std::string words = expect_everywhere<TaskError>(
            parts, [&] { map(parts, produced(make), [](int x, Team&) { return x; }); });
        EXPECT_EQ(words.find("a callback failed on rank 0 ("), 0U) << words;
        BadSource source;
        int rank = -1;
        expect_everywhere<TaskError>(parts, [&] {
            try {
                map(parts, source, [](double x, Team&) { return x; });
            } catch (const TaskError& error) {
                rank = error.rank();
                throw;
            }
        });
        // Only first ranks read, and they are named as the team knows them.
        ASSERT_GE(rank, 0);
        EXPECT_TRUE(all_gather(team, parts.part().is_root()).at(static_cast<std::size_t>(rank)));
    });
}

TEST(InterruptOfParts, OnAnyRankEndsTheCallOnAll) {
    for_every_cut([](Team& team, Parts& parts) {
        for (int struck = 0; struck < team.size(); struck += std::max(team.size() - 1, 1)) {
            int seen = 0;
            const auto task = [&](Index, Team& part) {
                if (team.rank() == struck && ++seen == 2) {
                    detail::request_interrupt(SIGTERM);  // as a handler would, on one rank only
                }
                part.barrier();
            };
            // Claims leave some parts without any item, and a signal to a rank of those is noticed by no call.
            EXPECT_THROW(for_each(parts, indices(1'000'000), task, {.schedule = StaticCyclic{1}}),
                         Interrupted);
            detail::clear_interrupt();
            team.barrier();
            EXPECT_EQ(map_reduce(parts, indices(10), 0, [](Index, Team&) { return 1; }), 10);
        }
    });
}

TEST(InterruptOfParts, ReachesALongTaskThatAsks) {
    for_every_cut([](Team& team, Parts& parts) {
        const auto task = [&](Index i, Team& part, Context& context) {
            if (i == 0 && part.rank() == part.size() - 1) {
                detail::request_interrupt(SIGUSR1);
            }
            while (!agree_to_stop(part, context)) {
                std::this_thread::yield();
            }
            return 1;
        };
        EXPECT_THROW(map(parts, indices(20), task, {.schedule = StaticCyclic{1}}), Interrupted);
        detail::clear_interrupt();
        team.barrier();
    });
}

}  // namespace
}  // namespace cohort

// The ranks of a team claim every grain exactly once, whatever the schedule, the sizes and the nodes.
#include <cohort/run/exchange.hpp>
#include <cohort/team/call.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace cohort {
namespace {

using detail::Call;
using detail::CallPlan;

struct Claimed {
    std::vector<Chunk> chunks;  // of all ranks, by first grain
    detail::Outcome outcome;
    bool ascending = true;  // on every rank
};

// Collective. Makes a call in which `visit(call, chunk)` is all the work.
template <typename Visit>
Claimed claim_all(Team& team, const CallPlan& plan, const Visit& visit) {
    std::vector<Chunk> mine;
    Claimed result;
    {
        Call call(team.core(), plan);
        while (const auto chunk = call.claim()) {
            mine.push_back(*chunk);
            visit(call, *chunk);
            call.finished(chunk->count);
        }
        result.outcome = call.end();
    }
    bool ascending = true;
    for (std::size_t i = 1; i < mine.size(); ++i) {
        ascending = ascending && mine[i - 1].first < mine[i].first;
    }
    result.ascending = ascending;
    result.chunks = all_gather(team, mine);
    std::sort(result.chunks.begin(), result.chunks.end(),
              [](const Chunk& a, const Chunk& b) { return a.first < b.first; });
    return result;
}

// True if the chunks cover [0, grains) without gap or overlap.
bool cover(const std::vector<Chunk>& chunks, std::uint64_t grains) {
    std::uint64_t next = 0;
    for (const Chunk& chunk : chunks) {
        if (chunk.first != next || chunk.count == 0) {
            return false;
        }
        next += chunk.count;
    }
    return next == grains;
}

std::vector<Schedule> all_schedules(std::uint64_t n) {
    return {Auto{}, StaticBlock{}, StaticCyclic{n}, Fixed{n}, Guided{n}, Factoring{n}};
}

TEST(Claims, CoverEveryGrainOnceForEverySchedule) {
    Team& team = testing::world();
    std::mt19937_64 random(2026);  // the same on every rank
    for (int round = 0; round < 60; ++round) {
        const std::uint64_t grains = random() % (round % 3 == 0 ? 10 : 5'000);
        const std::uint64_t size = 1 + random() % 40;
        for (const Schedule& schedule : all_schedules(size)) {
            SCOPED_TRACE(::testing::Message() << grains << " grains, " << name(schedule) << " of " << size);
            const Claimed claimed =
                claim_all(team, {.grains = grains, .schedule = schedule}, [](Call&, const Chunk&) {});
            EXPECT_TRUE(cover(claimed.chunks, grains));
            EXPECT_TRUE(claimed.ascending);
            EXPECT_EQ(claimed.outcome.totals.items, grains);
            EXPECT_EQ(claimed.outcome.totals.ranks, team.size());
        }
    }
}

TEST(Claims, CoverASearchWithoutHits) {
    Team& team = testing::world();
    for (const std::uint64_t grains : {0U, 1U, 7U, 100'000U}) {
        const CallPlan plan{.grains = grains, .purpose = Purpose::search};
        const Claimed claimed = claim_all(team, plan, [](Call&, const Chunk&) {});
        EXPECT_TRUE(cover(claimed.chunks, grains));
        EXPECT_FALSE(claimed.outcome.hit());
    }
}

TEST(Claims, ReachTheTopOf64Bits) {
    Team& team = testing::world();
    const std::uint64_t grains = no_index;
    for (const Schedule& schedule :
         {Schedule(Fixed{1ULL << 58}), Schedule(Factoring{1ULL << 57}), Schedule(StaticBlock{})}) {
        const Claimed claimed =
            claim_all(team, {.grains = grains, .schedule = schedule}, [](Call&, const Chunk&) {});
        EXPECT_TRUE(cover(claimed.chunks, grains)) << name(schedule);
    }
}

TEST(Claims, EndBelowTheLowestHitOnEveryRank) {
    Team& team = testing::world();
    std::mt19937_64 random(7);
    for (int round = 0; round < 40; ++round) {
        const std::uint64_t grains = 1 + random() % 3'000;
        const std::uint64_t a = random() % grains;
        const std::uint64_t b = random() % grains;
        const CallPlan plan{
            .grains = grains, .schedule = Fixed{1 + random() % 20}, .purpose = Purpose::search};
        const auto visit = [&](Call& call, const Chunk& chunk) {
            for (std::uint64_t grain = chunk.first;
                 grain < chunk.first + chunk.count && !call.is_beyond(grain); ++grain) {
                if (grain == a || grain == b) {
                    call.hit(grain);
                }
            }
        };
        const Claimed claimed = claim_all(team, plan, visit);
        EXPECT_TRUE(claimed.outcome.hit());
        EXPECT_EQ(claimed.outcome.verdict.grain, std::min(a, b));
    }
}

// Nothing of a call may be left on the way when the next begins.
TEST(Claims, OfCallsBackToBackDoNotMix) {
    Team& team = testing::world();
    const int calls = 2'000;
    std::mt19937_64 random(11);
    int wrong = 0;
    for (int number = 0; number < calls; ++number) {
        const int kind = static_cast<int>(random() % 4);  // hits on none, the first, the last, all ranks
        const auto last = static_cast<std::uint64_t>(team.size() - 1);
        const CallPlan plan{.grains = last + 1, .schedule = StaticBlock{}, .purpose = Purpose::search};
        Call call(team.core(), plan);
        while (const auto chunk = call.claim()) {
            const bool hits =
                kind == 3 || (kind == 1 && chunk->first == 0) || (kind == 2 && chunk->first == last);
            if (hits) {
                call.hit(chunk->first);
            }
            call.finished(1);
        }
        const detail::Outcome outcome = call.end();
        const bool right =
            kind == 0 ? !outcome.hit() : outcome.hit() && outcome.verdict.grain == (kind == 2 ? last : 0);
        wrong += right ? 0 : 1;
    }
    EXPECT_EQ(wrong, 0);
}

TEST(Claims, OfferWorkToEveryRankOfALongCall) {
    Team& team = testing::world();
    const auto busy = [](Call&, const Chunk&) {
        const auto until = detail::node_clock() + 200'000;
        while (detail::node_clock() < until) {}
    };
    const std::uint64_t grains = 100 * static_cast<std::uint64_t>(team.size());
    std::uint64_t mine = 0;
    {
        Call call(team.core(), {.grains = grains});
        while (const auto chunk = call.claim()) {
            for (std::uint64_t i = 0; i < chunk->count; ++i) {
                busy(call, *chunk);
                ++mine;
            }
            call.finished(chunk->count);
        }
        (void)call.end();
    }
    for (const std::uint64_t grains_of_rank : all_gather(team, mine)) {
        EXPECT_GT(grains_of_rank, 0U);
    }
}

TEST(Claims, KeepTheFailureOfTheLowestGrainInASearch) {
    Team& team = testing::world();
    for (int round = 0; round < 20; ++round) {
        const CallPlan plan{.grains = 1'000, .schedule = Fixed{3}, .purpose = Purpose::search};
        const auto visit = [&](Call& call, const Chunk& chunk) {
            for (std::uint64_t grain = chunk.first;
                 grain < chunk.first + chunk.count && !call.is_beyond(grain); ++grain) {
                if (grain % 100 == 57) {
                    call.fail(grain, grain, std::make_exception_ptr(std::runtime_error("odd")));
                    return;
                }
            }
        };
        const Claimed claimed = claim_all(team, plan, visit);
        EXPECT_EQ(claimed.outcome.verdict.kind, detail::Verdict::Kind::failure);
        EXPECT_EQ(claimed.outcome.verdict.grain, 57U);
        EXPECT_THROW(claimed.outcome.raise_failure(), TaskError);
    }
}

}  // namespace
}  // namespace cohort

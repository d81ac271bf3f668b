// Ranks that do not make the same call are told so, all of them, with both calls and who made which.
#include <cohort/plan/error.hpp>
#include <cohort/team/agreement.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <string>

namespace cohort {
namespace {

using testing::world;

// Collective. What comparing says if rank `odd` calls something else than the others; nothing if it is content.
std::string words_if(int odd) {
    Team& team = world();
    try {
        detail::expect_same_call(team.core(), team.rank() == odd ? "a barrier" : "a map");
        return "";
    } catch (const UsageError& error) {
        return error.what();
    }
}

TEST(SameCall, IsSilentlyAccepted) { EXPECT_EQ(words_if(-1), ""); }

TEST(SameCall, ElseNamesBothCallsAndTheirRanksOnEveryRank) {
    const int ranks = world().size();
    if (ranks == 1) {
        EXPECT_EQ(words_if(0), "");
        return;
    }
    for (int odd = 0; odd < ranks; ++odd) {
        const std::string words = words_if(odd);
        EXPECT_NE(words.find("rank " + std::to_string(odd) + (odd == 0 ? " called" : "") + " a barrier"),
                  std::string::npos)
            << words;
        EXPECT_NE(words.find("a map"), std::string::npos) << words;
        if (ranks == 2) {
            EXPECT_NE(words.find("rank " + std::to_string(1 - odd)), std::string::npos) << words;
        } else if (odd == 0) {
            EXPECT_NE(words.find("ranks 1 to " + std::to_string(ranks - 1)), std::string::npos) << words;
        }
    }
    EXPECT_EQ(words_if(-1), "");
}

TEST(SameCall, TellsPlansApart) {
    const detail::CallPlan plan{.what = "map", .grains = 10, .schedule = Fixed{7}};
    EXPECT_EQ(detail::text_of(plan), "map of 10 grains (fixed, 7)");
    for (const auto& change :
         {+[](detail::CallPlan& p) { p.what = "for_each"; }, +[](detail::CallPlan& p) { p.grains = 11; },
          +[](detail::CallPlan& p) { p.schedule = Fixed{8}; },
          +[](detail::CallPlan& p) { p.schedule = Guided{7}; }, +[](detail::CallPlan& p) { p.in_flight = 3; },
          +[](detail::CallPlan& p) { p.retries = 1; }, +[](detail::CallPlan& p) { p.collects = true; },
          +[](detail::CallPlan& p) { p.results_everywhere = true; }}) {
        detail::CallPlan other = plan;
        change(other);
        EXPECT_NE(detail::text_of(other), detail::text_of(plan));
    }
}

}  // namespace
}  // namespace cohort

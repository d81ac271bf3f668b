#include <common/isa.hpp>

#include <cohort/plan/error.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {

using namespace cohort;

// What COHORT_ISA is, until the test ends.
class Wanted {
  public:
    explicit Wanted(const char* name) {
        if (const char* before = std::getenv("COHORT_ISA")) before_ = before;
        if (name != nullptr) {
            ::setenv("COHORT_ISA", name, 1);
        } else {
            ::unsetenv("COHORT_ISA");
        }
    }
    Wanted(const Wanted&) = delete;
    Wanted& operator=(const Wanted&) = delete;
    ~Wanted() {
        if (before_.empty()) {
            ::unsetenv("COHORT_ISA");
        } else {
            ::setenv("COHORT_ISA", before_.c_str(), 1);
        }
    }

  private:
    std::string before_;
};

constexpr Isa every_isa[] = {Isa::portable, Isa::avx2, Isa::avx512};

TEST(Isa, PortableRunsEverywhere) { EXPECT_TRUE(can_run(Isa::portable)); }

TEST(Isa, WhatRunsAFasterOneRunsTheSlowerOnesToo) {
    EXPECT_TRUE(!can_run(Isa::avx512) || can_run(Isa::avx2));
}

TEST(Isa, UnlessToldTheFastestThatRunsIsChosen) {
    for (const char* unset : {static_cast<const char*>(nullptr), ""}) {
        const Wanted nothing(unset);
        const Isa chosen = chosen_isa();
        EXPECT_TRUE(can_run(chosen));
        for (const Isa isa : every_isa) {
            EXPECT_TRUE(!can_run(isa) || isa <= chosen);
        }
    }
}

TEST(Isa, TheOneThatIsNamedIsChosenOrRefused) {
    for (const Isa isa : every_isa) {
        SCOPED_TRACE(name(isa));
        const Wanted wanted(std::string(name(isa)).c_str());
        if (can_run(isa)) {
            EXPECT_EQ(chosen_isa(), isa);
        } else {
            EXPECT_THROW((void)chosen_isa(), UsageError);
        }
    }
}

TEST(Isa, ANameThatIsNoneIsRefused) {
    for (const char* none : {"sse2", "AVX2", "avx2 ", "avx"}) {
        SCOPED_TRACE(none);
        const Wanted wanted(none);
        EXPECT_THROW((void)chosen_isa(), UsageError);
    }
}

}  // namespace

// The doctor on the machine at hand: everything is looked at, whatever there is.
#include <cohort/report/doctor.hpp>
#include <cohort/run/exchange.hpp>
#include <support/world.hpp>

#include <gtest/gtest.h>
#include <mpi.h>

#include <string>
#include <vector>

namespace cohort {
namespace {

const Finding& finding(const Diagnosis& diagnosis, const std::string& wanted) {
    for (const Finding& each : diagnosis.findings) {
        if (each.name == wanted) return each;
    }
    static const Finding none;
    ADD_FAILURE() << wanted << " is not there";
    return none;
}

void expect_all_findings(const Diagnosis& diagnosis) {
    std::vector<std::string> names;
    for (const Finding& each : diagnosis.findings) {
        names.push_back(each.name);
        EXPECT_FALSE(each.value.empty()) << each.name;
        EXPECT_EQ(each.figure.has_value(), !each.unit.empty()) << each.name;
        if (each.verdict == Health::warning || each.verdict == Health::bad) {
            EXPECT_FALSE(each.advice.empty()) << each.name;
        }
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{
                  "MPI", "transport", "thread level", "nodes", "message in a node", "message between nodes",
                  "claim", "batch from afar", "batch from a busy root", "binding", "ranks and cores",
                  "CPU quota", "memory", "shared memory", "instruction sets", "clock", "output folder"}));
    EXPECT_GT(finding(diagnosis, "claim").figure.value_or(0), 0);
}

TEST(Doctor, FindsAllThereIsToSeeOnTheRoot) {
    Team& team = testing::world();
    const Diagnosis diagnosis = diagnose(team);
    EXPECT_EQ(diagnosis.ranks, team.size());
    if (!team.is_root()) {
        EXPECT_TRUE(diagnosis.findings.empty());
        return;
    }
    expect_all_findings(diagnosis);
    EXPECT_EQ(finding(diagnosis, "nodes").figure, team.nodes());
    EXPECT_EQ(finding(diagnosis, "message in a node").figure.has_value(), team.nodes() < team.size());
    EXPECT_EQ(finding(diagnosis, "message between nodes").figure.has_value(), team.nodes() > 1);
    EXPECT_EQ(finding(diagnosis, "transport").verdict == Health::none, team.size() == 1);
}

// Only a node of one rank can be pretended again for the two ranks that try it.
TEST(Doctor, MeasuresBatchesBetweenNodesOfOneRank) {
    Team& team = testing::world();
    const Diagnosis diagnosis = diagnose(team);
    if (!team.is_root()) return;
    const bool measured = team.nodes() > 1 && team.nodes() == team.size();
    for (const char* name : {"batch from afar", "batch from a busy root"}) {
        const Finding& batch = finding(diagnosis, name);
        if (!measured) {
            EXPECT_FALSE(batch.figure.has_value()) << name;
            EXPECT_EQ(batch.value == "one node", team.nodes() == 1) << batch.value;
        } else if (!batch.figure.has_value()) {
            EXPECT_EQ(batch.value, "not measured: the root was done before anyone asked");
        } else {
            EXPECT_GT(*batch.figure, 0) << name;
        }
    }
}

TEST(Doctor, LeavesTheLevelOfThreadsAsItWas) {
    int before = 0;
    int after = 0;
    MPI_Query_thread(&before);
    (void)diagnose(testing::world());
    MPI_Query_thread(&after);
    EXPECT_EQ(before, after);
}

TEST(Doctor, ExaminesTheFolderOfTheOutput) {
    Team& team = testing::world();
    const Diagnosis diagnosis = diagnose(team, {.output = "/nowhere/at/all/a.h5"});
    if (!team.is_root()) return;
    EXPECT_EQ(finding(diagnosis, "output folder").verdict, Health::bad);
    EXPECT_EQ(diagnosis.verdict(), Health::bad);
}

TEST(Doctor, LooksAtOneRankWithoutMpi) {
    Team alone = Team::alone();
    const Diagnosis diagnosis = diagnose(alone);
    expect_all_findings(diagnosis);
    EXPECT_NE(finding(diagnosis, "MPI").value.find("not started"), std::string::npos);
    EXPECT_EQ(finding(diagnosis, "transport").verdict, Health::none);
}

TEST(Doctor, LeavesTheTeamReadyForCalls) {
    Team& team = testing::world();
    for (int i = 0; i < 2; ++i) (void)diagnose(team);
    EXPECT_EQ(broadcast(team, team.is_root() ? 7 : 0), 7);
}

}  // namespace
}  // namespace cohort

// Errors read alike, and end a program with the status that belongs to their type.

#include <cohort/plan/error.hpp>

#include <gtest/gtest.h>

#include <csignal>

namespace cohort {
namespace {

TEST(ErrorText, SaysWhatIsWrongWhyItMattersAndWhatToDo) {
    EXPECT_EQ(error_text("cannot create a.h5", "the folder is not there", "create it"),
              "cannot create a.h5 (the folder is not there); create it");
}

TEST(ErrorText, LeavesOutWhatIsEmptyWithItsPunctuation) {
    EXPECT_EQ(error_text("no items", "", "give one"), "no items; give one");
    EXPECT_EQ(error_text("no items", "a mean needs one", ""), "no items (a mean needs one)");
    EXPECT_EQ(error_text("no items", "", ""), "no items");
}

TEST(Error, HasTheExitStatusAndTheKindOfItsType) {
    const UsageError usage("a", "b", "c");
    const StoreError store("a", "b", "c");
    const Fault fault("a");
    const TaskError task({.item = 4711, .rank = 3, .host = "node17", .type = "std::runtime_error"},
                         "singular");
    EXPECT_EQ(usage.exit_status(), 2);
    EXPECT_EQ(store.exit_status(), 74);
    EXPECT_EQ(fault.exit_status(), 70);
    EXPECT_EQ(task.exit_status(), 70);
    EXPECT_EQ(name(usage.kind()), "usage");
    EXPECT_EQ(name(store.kind()), "store");
    EXPECT_EQ(name(fault.kind()), "fault");
    EXPECT_EQ(name(task.kind()), "task");
    EXPECT_STREQ(usage.what(), "a (b); c");
    EXPECT_STREQ(store.what(), "a (b); c");
}

TEST(Interrupted, SaysTryAgainUnlessTheUserPressedCtrlC) {
    EXPECT_EQ(Interrupted(SIGINT, "stopped").exit_status(), 130);
    EXPECT_EQ(Interrupted(SIGTERM, "stopped").exit_status(), 75);
    EXPECT_EQ(Interrupted(SIGUSR1, "stopped").exit_status(), 75);
    EXPECT_EQ(name(Interrupted(SIGTERM, "stopped").kind()), "interrupted");
    EXPECT_EQ(Interrupted(SIGTERM, "stopped").signal(), SIGTERM);
}

TEST(TaskError, KnowsWhereTheTaskFailed) {
    const TaskError error({.item = 4711, .rank = 3, .host = "node17", .type = "std::runtime_error"},
                          "singular");
    EXPECT_EQ(error.item(), 4711U);
    EXPECT_EQ(error.rank(), 3);
    EXPECT_EQ(error.host(), "node17");
    EXPECT_EQ(error.type(), "std::runtime_error");
}

}  // namespace
}  // namespace cohort

// An exception keeps what is known of it on its way through a record of fixed size.
#include <cohort/team/failure.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>
#include <string>

namespace cohort::detail {
namespace {

template <typename E>
std::exception_ptr thrown(E error) {
    return std::make_exception_ptr(std::move(error));
}

template <typename E>
E raised(const Failure& failure, const std::exception_ptr& original = nullptr) {
    try {
        raise(failure, original, 12);
    } catch (const E& error) {
        return error;
    }
}

TEST(Failure, OfATaskNamesItemRankHostTypeAndMessage) {
    const Failure failure = describe(thrown(std::out_of_range("singular matrix")), 4711, 3, "node17");
    const auto error = raised<TaskError>(failure);
    EXPECT_EQ(error.item(), 4711U);
    EXPECT_EQ(error.rank(), 3);
    EXPECT_EQ(error.host(), "node17");
    EXPECT_EQ(error.type(), "std::out_of_range");
    EXPECT_STREQ(error.what(),
                 "item 4711 failed on rank 3 (node17): singular matrix (12 items had finished)");
    EXPECT_EQ(error.exit_status(), 70);
}

TEST(Failure, OfWhatIsNoExceptionNamesItsType) {
    const auto error = raised<TaskError>(describe(thrown(42), 1, 0, "here"));
    EXPECT_EQ(error.type(), "int");
    EXPECT_NE(std::string(error.what()).find("of type int"), std::string::npos);
}

TEST(Failure, KeepsTheTypesOfOurErrors) {
    EXPECT_STREQ(raised<UsageError>(describe(thrown(UsageError("bad")), 1, 0, "here")).what(), "bad");
    EXPECT_EQ(raised<StoreError>(describe(thrown(StoreError("full")), 1, 0, "here")).exit_status(), 74);
    EXPECT_EQ(raised<Fault>(describe(thrown(Fault("odd")), 1, 0, "here")).exit_status(), 70);
    EXPECT_EQ(raised<Interrupted>(describe_interrupt(SIGTERM, 0, "here")).exit_status(), 75);
    EXPECT_EQ(raised<Interrupted>(describe_interrupt(SIGINT, 0, "here")).exit_status(), 130);
}

TEST(Failure, IsNestedInTheErrorOfTheRankWhereItHappened) {
    const std::exception_ptr original = thrown(std::out_of_range("singular matrix"));
    const auto error = raised<TaskError>(describe(original, 1, 0, "here"), original);
    EXPECT_THROW(raise(describe(original, 1, 0, "here"), original, 0), TaskError);
    try {
        raise(describe(original, 1, 0, "here"), original, 0);
    } catch (const TaskError& caught) {
        EXPECT_THROW(std::rethrow_if_nested(caught), std::out_of_range);
    }
}

TEST(Failure, CutsAMessageThatIsTooLong) {
    const auto error =
        raised<TaskError>(describe(thrown(std::runtime_error(std::string(10'000, 'x'))), 1, 0, "here"));
    const std::string text = error.what();
    EXPECT_GT(text.size(), 1'000U);
    EXPECT_LT(text.size(), 2'000U);
}

TEST(Failure, ThatCrossedATeamBeforeKeepsItsWords) {
    const TaskError first({7, 1, "there", "std::bad_alloc"},
                          "item 7 failed on rank 1 (there): std::bad_alloc");
    EXPECT_STREQ(raised<TaskError>(describe(thrown(first), 2, 0, "here")).what(), first.what());
}

}  // namespace
}  // namespace cohort::detail

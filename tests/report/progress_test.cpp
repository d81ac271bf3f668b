// What a progress display writes, at times that the tests choose.
#include <cohort/report/progress.hpp>
#include <cohort/report/progress_text.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace cohort {
namespace {

constexpr int columns = 80;

// What is seen of a bar's line: after the last carriage return, without the sequence that clears the rest.
std::string visible(const std::string& written) {
    const std::string last = written.substr(written.rfind('\r') + 1);
    return last.substr(0, last.find("\x1b[K"));
}

TEST(ABar, SaysNothingOfACallThatIsOverAtOnce) {
    ProgressText text("darts", true);
    text.started("", 1000, 0);
    EXPECT_EQ(text.advanced(500, 0.2, columns), "");
    EXPECT_EQ(text.advanced(1000, 0.4, columns), "");
    EXPECT_EQ(text.ended({.items = 1000}, 0.4, columns), "");
}

TEST(ABar, ShowsShareRateAndTimeLeftAndEndsItsLine) {
    ProgressText text("darts", true);
    text.started("", 1'000'000, 100);
    EXPECT_EQ(visible(text.advanced(250'000, 101, columns)),
              " 25 % [#####.................] 250_000 of 1_000_000 darts, 250 k/s, 3.00 s left");
    const std::string last = text.ended({.items = 1'000'000}, 104, columns);
    EXPECT_EQ(visible(last),
              "100 % [####################################] 1_000_000 darts in 4.00 s, 250 k/s");
    EXPECT_EQ(last.back(), '\n');
}

TEST(ABar, NeverReachesTheLastColumn) {
    for (const int width : {0, 1, 2, 10, 20, 40, 79, 80, 81, 200}) {
        SCOPED_TRACE(width);
        ProgressText text("darts", true);
        text.started("a call with a long name", 1'000'000'000'000, 0);
        EXPECT_LE(visible(text.advanced(250'000'000'000, 1, width)).size(),
                  std::size_t(std::max(width - 1, 0)));
    }
}

TEST(ABar, IsNotDrawnMoreThanTenTimesASecond) {
    ProgressText text("darts", true);
    text.started("", 1000, 0);
    int drawn = 0;
    for (int i = 1; i <= 200; ++i)
        drawn += text.advanced(static_cast<std::uint64_t>(i), i * 0.05, columns).empty() ? 0 : 1;
    EXPECT_GE(drawn, 60);
    EXPECT_LE(drawn, 100);
}

TEST(ABar, GoesByRecentSpeed) {
    ProgressText text("items", true);
    text.started("", 100'000, 0);
    std::string seen;
    // 1000 a second for a minute, then 100.
    for (int second = 1; second <= 60; ++second)
        seen = text.advanced(static_cast<std::uint64_t>(second) * 1000, second, columns);
    EXPECT_NE(visible(seen).find("1 k/s, 40.0 s left"), std::string::npos) << visible(seen);
    for (int second = 1; second <= 60; ++second) {
        seen = text.advanced(60'000 + static_cast<std::uint64_t>(second) * 100, 60 + second, columns);
    }
    EXPECT_NE(visible(seen).find("/s, 5 min"), std::string::npos) << visible(seen);
}

TEST(ABar, CountsWhereTheEndIsNotKnown) {
    ProgressText text("candidates", true);
    text.started("search", std::nullopt, 0);
    EXPECT_EQ(visible(text.advanced(5000, 1, columns)), "search 5000 candidates, 5 k/s");
    EXPECT_EQ(visible(text.ended({.items = 8000}, 2, columns)), "search 8000 candidates in 2.00 s, 4 k/s");
}

TEST(ABar, OfAFailedCallStaysWhereItWas) {
    ProgressText text("items", true);
    text.started("", 100, 0);
    static_cast<void>(text.advanced(40, 1, columns));
    EXPECT_NE(visible(text.ended({.items = 41}, 2, columns)).find("41 of 100 items in 2.00 s"),
              std::string::npos);
}

TEST(ABar, ThatIsNeverEndedLeavesALineBehindNotHalfOfOne) {
    ProgressText text("items", true);
    text.started("", 100, 0);
    EXPECT_EQ(text.abandoned(), "");
    static_cast<void>(text.advanced(40, 1, columns));
    EXPECT_EQ(text.abandoned(), "\n");
    EXPECT_EQ(text.abandoned(), "");
}

TEST(ABar, OfNoItemsIsFull) {
    ProgressText text("items", true);
    text.started("", 0, 0);
    EXPECT_EQ(visible(text.advanced(0, 1, columns)).substr(0, 5), "100 %");
}

TEST(ALog, SpeaksAfterTenSecondsAndThenHalfAsOften) {
    ProgressText text("darts", false);
    text.started("throw", 1'000'000, 0);
    std::vector<std::pair<int, std::string>> lines;
    for (int second = 1; second <= 100; ++second) {
        const std::string line = text.advanced(static_cast<std::uint64_t>(second) * 1000, second, 0);
        if (!line.empty()) lines.emplace_back(second, line);
    }
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].first, 10);
    EXPECT_EQ(lines[0].second, "throw:   1 %, 10_000 of 1_000_000 darts, 1 k/s, 16 min 30 s left\n");
    EXPECT_EQ(lines[1].first, 30);
    EXPECT_EQ(lines[2].first, 70);
    EXPECT_EQ(text.ended({.items = 1'000'000}, 1000, 0),
              "throw: 100 %, 1_000_000 darts in 16 min 40 s, 1 k/s\n");
}

TEST(ALog, SpeaksAtLeastEveryTenMinutes) {
    ProgressText text("darts", false);
    text.started("", 1'000'000, 0);
    int lines = 0;
    for (int minute = 1; minute <= 600; ++minute) lines += text.advanced(1, minute * 60.0, 0).empty() ? 0 : 1;
    EXPECT_GE(lines, 60);
    EXPECT_LE(lines, 70);
}

// What a Progress writes on standard error while a call of two seconds is played to it.
std::string heard_of(Progress& progress) {
    testing::internal::CaptureStderr();
    progress.started("call", 10);
    progress.advanced(5);
    progress.ended({.items = 10});
    return testing::internal::GetCapturedStderr();
}

TEST(Progress, SaysNothingOfShortCallsInAnyMode) {
    for (const ProgressMode mode :
         {ProgressMode::automatic, ProgressMode::bar, ProgressMode::log, ProgressMode::none}) {
        Progress progress("items", mode);
        EXPECT_EQ(heard_of(progress), "");
        Progress moved = std::move(progress);
        EXPECT_EQ(heard_of(moved), "");
    }
}

TEST(Progress, ThatWasNeverStartedTakesEverything) {
    Progress progress("items", ProgressMode::bar);
    progress.advanced(1);
    progress.ended({});
}

}  // namespace
}  // namespace cohort

// Figures as people read them, and the line that a run ends with.
#include <cohort/report/balance_line.hpp>
#include <cohort/report/format.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace cohort {
namespace {

TEST(Figures, AreGroupedFromFiveDigitsOn) {
    struct {
        std::uint64_t value;
        const char* text;
    } const table[]{{0, "0"},
                    {7, "7"},
                    {1229, "1229"},
                    {12345, "12_345"},
                    {123456, "123_456"},
                    {1000000, "1_000_000"},
                    {18446744073709551615U, "18_446_744_073_709_551_615"}};
    for (const auto& row : table) EXPECT_EQ(grouped(row.value), row.text);
}

TEST(Durations, AreInTheUnitThatFits) {
    struct {
        double seconds;
        const char* text;
    } const table[]{{0, "0 s"},
                    {-1, "0 s"},
                    {1.6e-8, "16 ns"},
                    {9.999e-7, "1 us"},
                    {3.5e-5, "35 us"},
                    {0.85, "850 ms"},
                    {0.9999, "1.00 s"},
                    {1.24, "1.24 s"},
                    {12.34, "12.3 s"},
                    {59.96, "1 min 00 s"},
                    {192, "3 min 12 s"},
                    {3599.9, "1 h 00 min"},
                    {7500, "2 h 05 min"},
                    {86400 * 3 + 4 * 3600, "3 d 4 h"},
                    {86400.0 * 365 * 12345, "12_345 years"},
                    {1e300, "for ever"},
                    {std::numeric_limits<double>::infinity(), "for ever"},
                    {std::numeric_limits<double>::quiet_NaN(), "0 s"}};
    for (const auto& row : table) EXPECT_EQ(duration(row.seconds), row.text);
}

TEST(Bytes, AreInTheUnitThatFits) {
    struct {
        std::uint64_t bytes;
        const char* text;
    } const table[]{{0, "0 bytes"},
                    {1, "1 byte"},
                    {512, "512 bytes"},
                    {1536, "1.5 KiB"},
                    {1024 * 1024, "1 MiB"},
                    {6'400'000'000, "5.96 GiB"},
                    {std::numeric_limits<std::uint64_t>::max(), "16 EiB"}};
    for (const auto& row : table) EXPECT_EQ(byte_size(row.bytes), row.text);
}

TEST(ShortNumbers, HaveThreeDigits) {
    struct {
        double value;
        const char* text;
    } const table[]{{0, "0"},       {0.0012, "0.0012"},  {0.5, "0.5"},     {850, "850"},
                    {999.9, "1 k"}, {1240000, "1.24 M"}, {3.2e9, "3.2 G"}, {1e30, "1e+12 E"}};
    for (const auto& row : table) EXPECT_EQ(short_number(row.value), row.text);
}

TEST(Shares, AreInPercent) {
    EXPECT_EQ(percent(0), "0.0 %");
    EXPECT_EQ(percent(0.042), "4.2 %");
    EXPECT_EQ(percent(0.967), "97 %");
    EXPECT_EQ(percent(1), "100 %");
}

const Balance eight_ranks{.items = 1'000'000,
                          .ranks = 8,
                          .wall_time = 1.25,
                          .serial_time = 9.5,
                          .waiting_time = 0.5,
                          .slowest_time = 1.24,
                          .slowest_rank = 3};

TEST(TheBalanceLine, SaysHowWellTheRanksWereUsed) {
    EXPECT_EQ(balance_line(eight_ranks, "darts"),
              "1_000_000 darts in 1.25 s on 8 ranks: 9.50 s of work, speed-up 7.60, efficiency 95 %, "
              "slowest rank 3 (1.24 s), waiting 500 ms");
    EXPECT_EQ(balance_line({.items = 5, .ranks = 1, .wall_time = 2, .serial_time = 2}),
              "5 items in 2.00 s on 1 rank");
}

TEST(TwoCalls, AddUpAndKeepTheSlowestRank) {
    const Balance second{.items = 10,
                         .ranks = 8,
                         .wall_time = 1,
                         .serial_time = 2,
                         .waiting_time = 6,
                         .slowest_time = 1,
                         .slowest_rank = 5,
                         .stop_latency = 0.25};
    for (const Balance& both : {merged(eight_ranks, second), merged(second, eight_ranks)}) {
        EXPECT_EQ(both.items, 1'000'010U);
        EXPECT_EQ(both.ranks, 8);
        EXPECT_DOUBLE_EQ(both.wall_time, 2.25);
        EXPECT_DOUBLE_EQ(both.serial_time, 11.5);
        EXPECT_DOUBLE_EQ(both.waiting_time, 6.5);
        EXPECT_EQ(both.slowest_rank, 3);
        EXPECT_DOUBLE_EQ(both.slowest_time, 1.24);
        EXPECT_DOUBLE_EQ(both.stop_latency, 0.25);
    }
}

TEST(AWholeRun, CountsTheTimeBetweenCallsAsWorkOfOneRank) {
    const Balance run = whole_run(eight_ranks, 2.25, 8);
    EXPECT_DOUBLE_EQ(run.wall_time, 2.25);
    EXPECT_DOUBLE_EQ(run.serial_time, 10.5);
    EXPECT_DOUBLE_EQ(run.waiting_time, 7.5);
    // Without a single call nothing was done in parallel.
    EXPECT_DOUBLE_EQ(whole_run({}, 2, 4).efficiency(), 0.25);
    EXPECT_DOUBLE_EQ(whole_run({}, 2, 1).efficiency(), 1);
}

}  // namespace
}  // namespace cohort

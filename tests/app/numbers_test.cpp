// Numbers as people type them: what is read, and what is refused in which words.
#include <cohort/app/numbers.hpp>
#include <cohort/plan/error.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace cohort {
namespace {

constexpr std::uint64_t top = std::numeric_limits<std::uint64_t>::max();

// The message of the UsageError that `read` throws; empty if it throws none.
std::string refusal(const std::function<void()>& read) {
    try {
        read();
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

std::string refusal_of_whole(const std::string& text) {
    return refusal([&] { static_cast<void>(parse_whole(text, "argument 3 of test")); });
}

TEST(WholeNumbers, AreReadInEveryForm) {
    struct {
        const char* text;
        std::uint64_t value;
    } const table[]{
        {"0", 0},
        {"97", 97},
        {"0097", 97},
        {"1_000_000", 1'000'000},
        {"1e9", 1'000'000'000},
        {"1E9", 1'000'000'000},
        {"1e+9", 1'000'000'000},
        {"1_0e1_0", 100'000'000'000},
        {"1.5e9", 1'500'000'000},
        {"1.50e1", 15},
        {"1.0e0", 1},
        {"0.001e3", 1},
        {"0e99999", 0},
        {"2^61-1", 2305843009213693951},
        {"2**61", 2305843009213693952},
        {"2^64-1", top},
        {"2^64-59", 18446744073709551557U},
        {"2^10+24", 1048},
        {"10^19", 10'000'000'000'000'000'000U},
        {"1^99999999999", 1},
        {"0^5", 0},
        {"0^0", 1},
        {"7^0", 1},
        {"18446744073709551615", top},
        {"1.8446744073709551615e19", top},
    };
    for (const auto& row : table) {
        SCOPED_TRACE(row.text);
        EXPECT_EQ(parse_whole(row.text, "the value of --n"), row.value);
    }
}

TEST(WholeNumbers, EveryValueIsReadBack) {
    std::mt19937_64 random(20240229);
    for (int i = 0; i < 2000; ++i) {
        const std::uint64_t value = random() >> (random() % 64);
        SCOPED_TRACE(value);
        EXPECT_EQ(parse_whole(std::to_string(value), "n"), value);
    }
}

TEST(WholeNumbers, ThatAreNoneAreRefusedWithTextAndPlace) {
    EXPECT_EQ(refusal_of_whole("12a"),
              "12a is not a whole number (it is argument 3 of test); write 97, 1_000_000, 1e9 or 2^61-1");
    for (const char* text : {"",
                             " ",
                             "12 ",
                             " 12",
                             "a",
                             "1.5",
                             "1.0",
                             "1.55e1",
                             "1e-3",
                             "1.5e0",
                             "e9",
                             "1e",
                             ".5e1",
                             "1.e1",
                             "_1",
                             "1_",
                             "1__0",
                             "1,000",
                             "0x10",
                             "+5",
                             "++5",
                             "2^",
                             "^2",
                             "2^-1",
                             "2^2^2",
                             "2**",
                             "2*3",
                             "2^61-",
                             "2^61-a",
                             "2^1.5",
                             "nan",
                             "inf",
                             "NaN",
                             "1e99999999999999999999999",
                             "2^99999999999999999999999",
                             "\xc2\xb2",
                             "--5",
                             "-a"}) {
        SCOPED_TRACE(text);
        EXPECT_NE(refusal_of_whole(text).find(" is not a whole number (it is argument 3 of test); write "),
                  std::string::npos)
            << refusal_of_whole(text);
    }
}

TEST(WholeNumbers, BelowZeroOrTooLargeSayWhichOfTheTwo) {
    for (const char* text : {"-5", "-1e9", "-2^3", "2^3-9", "-0"}) {
        EXPECT_EQ(refusal_of_whole(text),
                  std::string(text) + " is below zero (it is argument 3 of test); write a number from 0 on");
    }
    for (const char* text :
         {"2^64", "18446744073709551616", "1e20", "1e999999999", "2^99999999", "9^9999999999"}) {
        EXPECT_EQ(refusal_of_whole(text),
                  std::string(text) + " is too large (it is argument 3 of test); write at most 2^64-1");
    }
}

TEST(WholeNumbers, KeepTheirLimits) {
    const Limits<std::uint64_t> limits{.least = 2, .most = 10};
    EXPECT_EQ(parse_whole("2", "n", limits), 2U);
    EXPECT_EQ(parse_whole("10", "n", limits), 10U);
    EXPECT_EQ(refusal([&] { static_cast<void>(parse_whole("1", "n", limits)); }),
              "1 is too small (it is n); write at least 2");
    EXPECT_EQ(refusal([&] { static_cast<void>(parse_whole("11", "n", limits)); }),
              "11 is too large (it is n); write at most 10");
}

TEST(Texts, AreShownSafely) {
    EXPECT_EQ(shown("12a"), "12a");
    EXPECT_EQ(shown(""), "\"\"");
    EXPECT_EQ(shown("a b"), "\"a b\"");
    EXPECT_EQ(shown("a\x1b[2Jb"), "\"a?[2Jb\"");
    EXPECT_EQ(shown(std::string(100, '7')), std::string(60, '7') + "...");
    // A character of several bytes is not cut in its middle.
    EXPECT_EQ(shown(std::string(59, '7') + "\xc3\xa9\xc3\xa9"), std::string(59, '7') + "...");
}

TEST(Ranges, AreReadFromOneOrTwoArguments) {
    struct {
        std::vector<std::string> texts;
        Range range;
    } const table[]{
        {{"100"}, {0, 100}},
        {{"0"}, {0, 0}},
        {{"1e9", "1.0001e9"}, {1'000'000'000, 100'000}},
        {{"10", "10"}, {10, 0}},
        {{"10", "+5"}, {10, 5}},
        {{"10", "+0"}, {10, 0}},
        {{"2^64-59", "2^64"}, {18446744073709551557U, 59}},
        {{"1", "2^64"}, {1, top}},
        {{"2^64-1", "+1"}, {top, 1}},
        {{"0", "2^64-1"}, {0, top}},
    };
    for (const auto& row : table) {
        SCOPED_TRACE(row.texts.back());
        EXPECT_EQ(parse_range(row.texts, "count"), row.range);
    }
}

TEST(Ranges, ThatCannotBeAreRefused) {
    struct {
        std::vector<std::string> texts;
        const char* message;
    } const table[]{
        {{"10", "5"}, "10 5 is not a range (it ends before it begins); write the smaller number first"},
        {{"+5"}, "+5 is not a range (count takes one); write TO, FROM TO or FROM +LENGTH"},
        {{"1", "2", "3"}, "\"1 2 3\" is not a range (count takes one); write TO, FROM TO or FROM +LENGTH"},
        {{}, "\"\" is not a range (count takes one); write TO, FROM TO or FROM +LENGTH"},
        {{"2^64"}, "a range from 0 to 2^64 is too long (it has more than 2^64-1 numbers); begin it at 1"},
        {{"0", "+2^64"},
         "a range from 0 to 2^64 is too long (it has more than 2^64-1 numbers); begin it at 1"},
        {{"1", "2^64+1"}, "2^64+1 is too large (it is argument 2 of count); write at most 2^64"},
        {{"2^64", "2^64"}, "2^64 is too large (it is argument 1 of count); write at most 2^64-1"},
        {{"2^63", "+2^64"},
         "+2^64 is too large (it is argument 2 of count); write at most what leads to 2^64"},
        {{"x", "5"},
         "x is not a whole number (it is argument 1 of count); write 97, 1_000_000, 1e9 or 2^61-1"},
        {{"5", "x"},
         "x is not a whole number (it is argument 2 of count); write 97, 1_000_000, 1e9 or 2^61-1"},
        {{"-5", "5"}, "-5 is below zero (it is argument 1 of count); write a number from 0 on"},
    };
    for (const auto& row : table) {
        EXPECT_EQ(refusal([&] { static_cast<void>(parse_range(row.texts, "count")); }), row.message);
    }
}

TEST(RealNumbers, AreFinite) {
    EXPECT_EQ(parse_real("0.5", "x"), 0.5);
    EXPECT_EQ(parse_real("-1.8", "x"), -1.8);
    EXPECT_EQ(parse_real("+1e-6", "x"), 1e-6);
    EXPECT_EQ(parse_real("7", "x"), 7);
    for (const char* text :
         {"", "nan", "-nan", "inf", "-Infinity", "1e999", "1.5x", "0x1p3", "+-5", "++5", "1 2", "1,5"}) {
        SCOPED_TRACE(text);
        EXPECT_NE(refusal([&] {
                      static_cast<void>(parse_real(text, "the value of --x"));
                  }).find(" is not a finite number (it is the value of --x); write 0.5, -1.8 or 1e-6"),
                  std::string::npos);
    }
    const Limits<double> limits{.least = 0, .most = 1};
    EXPECT_EQ(refusal([&] { static_cast<void>(parse_real("-1", "x", limits)); }),
              "-1 is too small (it is x); write at least 0");
    EXPECT_EQ(refusal([&] { static_cast<void>(parse_real("2", "x", limits)); }),
              "2 is too large (it is x); write at most 1");
}

TEST(Sizes, AreWidthAndHeight) {
    EXPECT_EQ(parse_size("1920x1080", "s"), (Size{1920, 1080}));
    EXPECT_EQ(parse_size("1e3X2^10", "s"), (Size{1000, 1024}));
    EXPECT_EQ(refusal([] { static_cast<void>(parse_size("0x5", "the value of --size")); }),
              "0 is too small (it is the width in the value of --size); write at least 1");
    for (const char* text : {"", "5", "x", "5x", "x5", "5x5x5", "-1x5", "axb"}) {
        SCOPED_TRACE(text);
        EXPECT_NE(refusal([&] { static_cast<void>(parse_size(text, "s")); }), "");
    }
}

TEST(Pairs, AreTwoRealNumbers) {
    EXPECT_EQ(parse_pair("-1.8,1.8", "p"), (Pair{-1.8, 1.8}));
    for (const char* text : {"", "1", ",", "1,", ",1", "1,2,3", "1;2", "nan,1"}) {
        SCOPED_TRACE(text);
        EXPECT_NE(refusal([&] {
                      static_cast<void>(parse_pair(text, "the value of --x"));
                  }).find(" is not a pair of numbers (it is the value of --x); write A,B such as -1.8,1.8"),
                  std::string::npos);
    }
}

TEST(ComplexNumbers, AreReadInEveryForm) {
    struct {
        const char* text;
        std::complex<double> value;
    } const table[]{
        {"-0.8,0.156", {-0.8, 0.156}},
        {"-0.8+0.156i", {-0.8, 0.156}},
        {"-0.8-0.156j", {-0.8, -0.156}},
        {"1e-3-2j", {1e-3, -2}},
        {"1e-3j", {0, 1e-3}},
        {"1e+2+1e-2i", {100, 0.01}},
        {"0.5", {0.5, 0}},
        {"i", {0, 1}},
        {"-i", {0, -1}},
        {"2-i", {2, -1}},
        {"2+j", {2, 1}},
        {"-2i", {0, -2}},
    };
    for (const auto& row : table) {
        SCOPED_TRACE(row.text);
        EXPECT_EQ(parse_complex(row.text, "c"), row.value);
    }
    for (const char* text :
         {"", "a", "1+", "1+2", "1+2k", "i1", "1,2i", "nan+1i", "1+infi", "1+-2i", "--i"}) {
        SCOPED_TRACE(text);
        EXPECT_NE(refusal([&] {
                      static_cast<void>(parse_complex(text, "the value of --c"));
                  }).find(" is not a complex number (it is the value of --c); write RE,IM or RE+IMi"),
                  std::string::npos);
    }
}

TEST(PartsOfANumber, AreThoseThatWereWritten) {
    struct {
        const char* text;
        WholeParts parts;
    } const table[]{
        {"0_097", {.coefficient = "97", .base = "10"}},
        {"1.5e9", {.coefficient = "15", .base = "10", .exponent = 8}},
        {"2^521-1", {.base = "2", .exponent = 521, .offset = "1", .minus = true}},
        {"10**100+267", {.base = "10", .exponent = 100, .offset = "267"}},
    };
    for (const auto& row : table) {
        SCOPED_TRACE(row.text);
        const auto parts = split_whole(row.text);
        ASSERT_TRUE(parts.has_value());
        EXPECT_EQ(parts->coefficient, row.parts.coefficient);
        EXPECT_EQ(parts->base, row.parts.base);
        EXPECT_EQ(parts->exponent, row.parts.exponent);
        EXPECT_EQ(parts->offset, row.parts.offset);
        EXPECT_EQ(parts->minus, row.parts.minus);
    }
}

TEST(PartsOfANumber, TellHowManyBitsItTakesAtMost) {
    for (const char* text : {"2^521-1", "10^100+267", "7^30", "123456789", "1.5e9", "99999"}) {
        SCOPED_TRACE(text);
        const auto parts = split_whole(text);
        ASSERT_TRUE(parts.has_value());
        const double bits = std::log2(std::stod(parts->coefficient)) +
                            static_cast<double>(parts->exponent) * std::log2(std::stod(parts->base));
        EXPECT_GE(parts->most_bits(), bits);
        EXPECT_LE(parts->most_bits(), 2 * bits + 8);
    }
    EXPECT_GT(split_whole("9^999999999999")->most_bits(), 1e12);
}

}  // namespace
}  // namespace cohort

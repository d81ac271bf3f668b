// Options as values: what the common ones stand for, and those whose values are numbers.
#include <cohort/app/command_line.hpp>
#include <cohort/app/options.hpp>
#include <cohort/plan/error.hpp>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace cohort {
namespace {

using detail::CommandLine;

// What was printed instead of going on, if anything.
std::optional<std::string> read(CommandLine& line, std::vector<const char*> words) {
    words.insert(words.begin(), "cohort-try");
    return line.read(static_cast<int>(words.size()), words.data());
}

std::unique_ptr<CommandLine> line_of(const std::vector<const char*>& words) {
    auto line = std::make_unique<CommandLine>(About{.name = "cohort-try", .purpose = "Tries options"});
    EXPECT_FALSE(read(*line, words).has_value());
    return line;
}

Common common_of(const std::vector<const char*>& words) { return line_of(words)->common(); }

TEST(CommonOptions, HaveTheirDefaults) {
    const Common common = common_of({});
    EXPECT_EQ(common.ranks, 0);
    EXPECT_EQ(common.seed, 1U);
    EXPECT_EQ(common.output, "");
    EXPECT_EQ(common.progress, ProgressMode::automatic);
    EXPECT_EQ(common.schedule, Schedule(Auto{}));
    EXPECT_FALSE(common.force || common.quiet || common.json);
}

TEST(CommonOptions, AreKept) {
    const Common common = common_of({"-j4", "--seed", "2^64-1", "--output=a b.h5", "--force", "--json"});
    EXPECT_EQ(common.ranks, 4);
    EXPECT_EQ(common.seed, 18446744073709551615U);
    EXPECT_EQ(common.output, "a b.h5");
    EXPECT_TRUE(common.force && common.json);
    EXPECT_EQ(common_of({"--ranks", "all"}).ranks, usable_cores());
}

TEST(CommonOptions, QuietAndProgressNoneAreTheSame) {
    for (const auto& words :
         {std::vector<const char*>{"--quiet"}, {"--progress", "none"}, {"--quiet", "--progress", "bar"}}) {
        const Common common = common_of(words);
        EXPECT_TRUE(common.quiet);
        EXPECT_EQ(common.progress, ProgressMode::none);
    }
    EXPECT_EQ(common_of({"--progress", "log"}).progress, ProgressMode::log);
}

TEST(Schedules, AreNamedOnTheCommandLine) {
    struct {
        std::vector<const char*> words;
        Schedule schedule;
    } const table[]{
        {{"--schedule", "auto"}, Auto{}},
        {{"--chunk", "5"}, Fixed{5}},
        {{"--schedule", "static"}, StaticBlock{}},
        {{"--schedule", "cyclic"}, StaticCyclic{1}},
        {{"--schedule", "cyclic", "--chunk", "1e3"}, StaticCyclic{1000}},
        {{"--schedule", "fixed", "--chunk", "7"}, Fixed{7}},
        {{"--schedule", "dynamic"}, Fixed{1}},
        {{"--schedule", "guided", "--chunk", "2"}, Guided{2}},
        {{"--schedule", "factoring"}, Factoring{1}},
    };
    for (const auto& row : table) {
        SCOPED_TRACE(name(row.schedule));
        EXPECT_EQ(common_of(row.words).schedule, row.schedule);
    }
}

TEST(TheCommandLine, IsKeptAsAShellReadsIt) {
    EXPECT_EQ(line_of({"--seed", "1e3", "--output", "a b's.h5", "--force"})->text(),
              "cohort-try --seed 1e3 --output 'a b'\\''s.h5' --force");
}

TEST(NumberOptions, ReadTheirValues) {
    CommandLine line({.name = "cohort-try", .purpose = "Tries options"});
    std::uint64_t whole = 5;
    double number = 0.5;
    Size size{1, 1};
    Pair pair{0, 1};
    std::complex<double> point{-0.62772, -0.42193};
    add_whole(line.options(), "-n,--whole", whole, "");
    add_real(line.options(), "--real", number, "");
    add_size(line.options(), "--size", size, "");
    add_pair(line.options(), "--pair", pair, "");
    add_complex(line.options(), "--point", point, "");
    EXPECT_FALSE(read(line, {"-n", "1e3", "--real", "-1e-3", "--size", "64x48", "--pair", "-1.8,1.8",
                             "--point", "-0.8+0.156i"})
                     .has_value());
    EXPECT_EQ(whole, 1000U);
    EXPECT_EQ(number, -1e-3);
    EXPECT_EQ(size, (Size{64, 48}));
    EXPECT_EQ(pair, (Pair{-1.8, 1.8}));
    EXPECT_EQ(point, std::complex<double>(-0.8, 0.156));
}

TEST(NumberOptions, KeepTheirDefaultsAndShowThem) {
    CommandLine line({.name = "cohort-try", .purpose = "Tries options"});
    std::uint64_t whole = 1'000'000;
    std::complex<double> point{-0.62772, -0.42193};
    add_whole(line.options(), "--whole", whole, "a number");
    add_complex(line.options(), "--point", point, "a point");
    const auto help = read(line, {"--help"});
    ASSERT_TRUE(help.has_value());
    const auto shows = [&](const std::string& option, const std::string& value) {
        // as CLI11 2.3 writes it, then as 2.4 does
        return help->find(option + "=" + value) != std::string::npos ||
               help->find(option + " [" + value + "]") != std::string::npos;
    };
    EXPECT_TRUE(shows("--whole N", "1_000_000")) << *help;
    EXPECT_TRUE(shows("--point RE,IM", "-0.62772,-0.42193")) << *help;
    EXPECT_EQ(whole, 1'000'000U);
}

// A program with two commands, of which one takes a range.
struct Commands {
    Range range;
    std::string word;
    CommandLine line{
        {.name = "cohort-try", .purpose = "Tries options", .examples = {{"cohort-try count 5", "five"}}}};

    Commands() {
        line.options().require_subcommand(1);
        add_range(*line.options().add_subcommand("count", "how many"), range, "where");
        line.options().add_subcommand("next", "the one after")->add_option("N", word, "a number")->required();
    }
};

std::string refusal(const std::vector<const char*>& words) {
    Commands commands;
    try {
        static_cast<void>(read(commands.line, words));
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(Subcommands, TakeArgumentsAndCommonOptionsAfterThem) {
    Commands given;
    EXPECT_FALSE(read(given.line, {"count", "1e3", "+1e2", "--seed", "7", "-j", "3", "--json"}).has_value());
    EXPECT_EQ(given.range, (Range{1000, 100}));
    EXPECT_EQ(given.line.common().seed, 7U);
    EXPECT_EQ(given.line.common().ranks, 3);
    EXPECT_TRUE(given.line.common().json);
}

TEST(Subcommands, TakeCommonOptionsBeforeThem) {
    Commands given;
    EXPECT_FALSE(read(given.line, {"--seed", "7", "count", "2**64-2", "2**64"}).has_value());
    EXPECT_EQ(given.range, (Range{18446744073709551614U, 2}));
    EXPECT_EQ(given.line.common().seed, 7U);
}

TEST(Subcommands, ThatAreMissingOrUnknownAreNamed) {
    EXPECT_EQ(refusal({}), "cohort-try needs a command; write one of count, next");
    EXPECT_EQ(
        refusal({"cuont", "5"}),
        "cuont is not a command of cohort-try (did you mean count?); cohort-try --help shows what it takes");
}

TEST(Subcommands, RefuseWhatTheyDoNotTake) {
    EXPECT_EQ(refusal({"count"}),
              "cohort-try count lacks RANGE; cohort-try count --help shows what it takes");
    EXPECT_EQ(refusal({"count", "1", "2", "3"}),
              "cohort-try count got too many arguments; cohort-try count --help shows what it takes");
    EXPECT_EQ(refusal({"count", "10", "5"}),
              "10 5 is not a range (it ends before it begins); write the smaller number first");
    EXPECT_EQ(refusal({"count", "12a"}),
              "12a is not a whole number (it is argument 1 of count); write 97, 1_000_000, 1e9 or 2^61-1");
    EXPECT_EQ(refusal({"count", "-5", "10"}),
              "-5 is below zero (it is argument 1 of count); write a number from 0 on");
    EXPECT_EQ(refusal({"count", "5", "--sed", "1"}),
              "--sed is not an option of cohort-try count (did you mean --seed?); cohort-try count --help "
              "shows what it "
              "takes");
}

TEST(Subcommands, HaveAHelpOfTheirOwn) {
    Commands given;
    const auto help = read(given.line, {"count", "--help"});
    ASSERT_TRUE(help.has_value());
    EXPECT_NE(help->find("RANGE [FROM] TO | FROM +LENGTH"), std::string::npos) << *help;
    EXPECT_NE(help->find("The options of cohort-try --help go here as well."), std::string::npos) << *help;
    EXPECT_EQ(help->find("Examples:"), std::string::npos);
}

}  // namespace
}  // namespace cohort

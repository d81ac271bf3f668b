// Every line is given once and in its place, whichever way it is written and however it is asked for.

#include <cohort/plan/error.hpp>
#include <cohort/plan/random.hpp>
#include <primes/input_lines.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace cohort::primes {
namespace {

class AFile {
  public:
    explicit AFile(const std::string& text)
        : path_(testing::TempDir() + "cohort-lines-" + std::to_string(::getpid())) {
        std::ofstream(path_, std::ios::binary) << text;
    }
    ~AFile() { std::remove(path_.c_str()); }
    AFile(const AFile&) = delete;
    AFile& operator=(const AFile&) = delete;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

TEST(PlainNumbers, AreDigitsUpToTheLargestOf64Bits) {
    for (const char* text : {"1", "9", "10", "1234567", "12345678", "123456789", "9999999999999999999",
                             "10000000000000000000", "18446744073709551615"}) {
        EXPECT_TRUE(is_plain(text)) << text;
    }
    for (const char* text :
         {"", "0", "007", "-1", "+1", " 1", "1 ", "1\r", "1e9", "2^61", "1_000", "18446744073709551616",
          "20000000000000000000", "100000000000000000000", "# 1"}) {
        EXPECT_FALSE(is_plain(text)) << text;
    }
}

// No byte but a digit is taken for one, at any place of any length.
TEST(PlainNumbers, HaveDigitsOnly) {
    for (std::size_t length = 1; length <= 20; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            std::string text(length, '1');
            for (int byte = 0; byte < 256; ++byte) {
                text[at] = static_cast<char>(byte);
                const bool digit = byte >= '0' && byte <= '9';
                const bool too_large = length == 20 && at == 0 && byte > '1';
                const bool too_large_next = length == 20 && at == 1 && byte == '9';
                EXPECT_EQ(is_plain(text), digit && !(at == 0 && byte == '0') && !too_large && !too_large_next)
                    << length << ' ' << at << ' ' << byte;
            }
        }
    }
}

struct Line {
    std::string text;
    bool plain = false;
};

// Some of them longer than what is read at once.
std::vector<Line> some_lines(Random& random, std::size_t count) {
    std::vector<Line> lines;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t kind = random.below(1000);
        if (kind < 960) {
            lines.push_back({std::to_string((random() >> random.below(64)) | 1), true});
        } else if (kind < 998) {
            lines.push_back({std::vector<std::string>{"", "0", "2^70", "# 97", "1e5",
                                                      "18446744073709551616"}[random.below(6)]});
        } else {
            lines.push_back({std::string(random.below(300'000), '7') + 'x'});
        }
    }
    return lines;
}

TEST(InputLines, GiveEveryLineOnceWithItsNumber) {
    Random random(Seed(31), 0, 0);
    for (int turn = 0; turn < 6; ++turn) {
        const std::vector<Line> lines = some_lines(random, 40'000);
        std::string text;
        for (const Line& line : lines) text += line.text + (line.plain ? "\n" : " \r\n");
        const bool is_ended = turn % 2 == 0;
        if (!is_ended) text += "97";
        const AFile file(text);

        InputLines input(file.path());
        std::size_t at = 0;
        for (bool goes_on = true; goes_on;) {
            const std::size_t most = 1 + random.below(turn < 2 ? 20 : 20'000);
            std::string expected;
            std::string taken = "before";
            const std::size_t count = input.take_plain(most, taken);
            ASSERT_LE(count, most);
            for (std::size_t i = 0; i < count; ++i) {
                ASSERT_TRUE(lines.at(at).plain);
                expected += lines.at(at++).text + '\n';
            }
            ASSERT_EQ(taken, "before" + expected);
            if (count == most) continue;
            const auto line = input.next();
            goes_on = line.has_value();
            if (!goes_on) break;
            if (at == lines.size()) {
                ASSERT_EQ(*line, "97");
            } else {
                ASSERT_FALSE(lines[at].plain) << lines[at].text;
                ASSERT_EQ(*line, lines[at].text);
            }
            ++at;
            ASSERT_TRUE(input.where().starts_with("line " + std::to_string(at) + " of ")) << input.where();
        }
        EXPECT_EQ(at, lines.size() + (is_ended ? 0 : 1));
    }
}

std::string refusal_of(InputLines& input) {
    try {
        std::string taken;
        while (input.take_plain(1'000, taken) > 0 || input.next()) {}
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(InputLines, AreRefusedWhereTheyAreTooLong) {
    const std::string longest(InputLines::longest_line, '7');
    for (const std::string end : {"", "\n", "\n97\n"}) {
        const AFile good("97\n" + longest + end);
        InputLines input(good.path());
        EXPECT_EQ(refusal_of(input), "");
        const AFile bad("97\n\n98\n \t" + longest + "7" + end);
        InputLines refused(bad.path());
        EXPECT_TRUE(refusal_of(refused).starts_with("line 4 of " + refused.name() +
                                                    " is longer than 1048576 bytes ("));
    }
}

TEST(InputLines, MayHaveRemarksAndBlanksOfAnyLength) {
    const std::string twice(2 * InputLines::longest_line, '#');
    const std::string blank(2 * InputLines::longest_line, ' ');
    const AFile file(twice + "\n" + blank + "97 \n" + blank + twice + "\n" + blank + "\n98\n" + blank);
    InputLines input(file.path());
    EXPECT_TRUE(input.next().value().starts_with('#'));
    EXPECT_EQ(input.next(), "97");
    EXPECT_TRUE(input.next().value().starts_with('#'));
    EXPECT_EQ(input.next(), "");
    EXPECT_EQ(input.next(), "98");
    EXPECT_TRUE(input.where().starts_with("line 5 of "));
    EXPECT_EQ(input.next().value_or(""), "");
}

TEST(InputLines, OfAFileThatIsNotThereAreAnError) {
    EXPECT_THROW(InputLines("/nonexistent/numbers"), StoreError);
    InputLines folder(testing::TempDir());
    EXPECT_THROW((void)folder.next(), StoreError);
}

}  // namespace
}  // namespace cohort::primes

// Numbers become the lines that anyone would write, whatever came before.

#include <cohort/plan/random.hpp>
#include <primes/lines.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace cohort::primes {
namespace {

void expect_lines(Lines& lines, const std::vector<std::uint64_t>& numbers) {
    std::string expected = "before";
    for (const std::uint64_t number : numbers) expected += std::to_string(number) + '\n';
    std::string text = "before";
    lines.append(text, numbers);
    EXPECT_EQ(text, expected);
}

TEST(Lines, AreRightAtEveryNumberOfDigits) {
    Lines lines;
    std::vector<std::uint64_t> numbers = {0, std::numeric_limits<std::uint64_t>::max()};
    for (std::uint64_t power = 1; power < 1'000'000'000'000'000'000; power *= 10) {
        for (const std::uint64_t number : {power - 1, power, power + 1, 10 * power - 1})
            numbers.push_back(number);
    }
    expect_lines(lines, numbers);
    expect_lines(lines, {});
    for (const std::uint64_t number : numbers) expect_lines(lines, {number});
}

TEST(Lines, AreRightWhateverCameBefore) {
    Lines lines;
    Random random(Seed(45), 0, 0);
    for (int turn = 0; turn < 200; ++turn) {
        std::vector<std::uint64_t> numbers;
        std::uint64_t number = random() >> random.below(64);
        for (std::uint64_t i = random.below(200); i > 0; --i) {
            numbers.push_back(number);
            number += random.below(3000);
        }
        expect_lines(lines, numbers);
    }
}

}  // namespace
}  // namespace cohort::primes

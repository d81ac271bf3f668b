// The numbers that test and factor work on: arguments, a file, or standard input.
//
// Only the root has standard input, and may be the only one to see a file, so it reads and the others hear of
// errors from it. read() reads everything before any work begins. Blocks are read as they are needed, so that there may
// be any number of numbers: a bad argument, and a bad line in the first block, is found before any work begins, a later
// one when it is its turn.
#pragma once

#include <cohort/team/team.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace cohort::primes {

class InputLines;

// What a task works on: some numbers of up to 64 bits, or a single larger one; each a line of decimal digits, without
// leading zeros. Text, so that the root need not read most of the numbers.
using NumberBlock = std::string;

// What is in a block. The texts are parts of it.
struct Numbers {
    std::vector<std::string_view> texts;
    std::vector<std::uint64_t> values;  // none if the block is a number above 64 bits
};
// Local.
[[nodiscard]] Numbers numbers_in(const NumberBlock& block);

class NumberInput {
  public:
    // What a text says, in decimal digits. Throws UsageError, with `where` in it.
    using Accept = std::function<std::string(std::string_view text, std::string_view where)>;

    // Local. Adds [N...] and --input to the options of a command. Must outlive them.
    void add_to(CLI::App& options);

    // Local. Before anything is started: refuses arguments that are no numbers, and to wait for somebody who
    // does not know that he should type. Reads everything if `alone`, that is, if read() is to follow in this
    // process.
    void check(const Accept& accept, bool alone);

    // Collective. The numbers, in the order given, in decimal digits: on the root, elsewhere empty. Throws
    // UsageError, also where there are none, and StoreError, on every rank.
    [[nodiscard]] std::vector<std::string> read(Team& team, const Accept& accept);

    // Local, on the root. The next of the numbers in their order, at most so many; nothing at their end. Throws UsageError,
    // also where there are no numbers at all, and StoreError.
    [[nodiscard]] std::optional<NumberBlock> next_block(std::size_t most);
    // Local, on the root. Reads what next_block() is to give first, unless that is done.
    void read_first_block(std::size_t most);
    // Local. How many numbers next_block() has read.
    [[nodiscard]] std::uint64_t numbers_read() const noexcept { return numbers_read_; }

  private:
    [[nodiscard]] NumberBlock read_block(std::size_t most);
    [[nodiscard]] std::optional<std::string> next_number();
    [[noreturn]] void fail_without_numbers(const std::string& source) const;
    [[nodiscard]] std::vector<std::string> read_arguments(const Accept& accept) const;
    [[nodiscard]] std::vector<std::string> read_lines(const Accept& accept) const;

    std::string command_;
    std::vector<std::string> arguments_;
    std::string file_;                   // "-" and nothing are standard input
    std::vector<std::string> numbers_;   // what was read
    std::shared_ptr<InputLines> lines_;  // of next_block()
    std::size_t arguments_taken_ = 0;
    std::uint64_t numbers_read_ = 0;
    std::string large_;  // the line of a number above 64 bits that is to be a block
    std::optional<NumberBlock> first_;
    bool is_begun_ = false;
};

}  // namespace cohort::primes

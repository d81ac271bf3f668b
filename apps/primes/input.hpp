// The numbers that test and factor work on: arguments, a file, or standard input.
//
// Only the root has standard input, and may be the only one to see a file, so it reads and the others hear of
// errors from it. Numbers are read as they are needed, so that there may be any number of them: a bad argument, and a bad
// line among the first, is found before any work begins, a later one when it is its turn. The root may have to wait for
// input, so it reads within calls, in which every rank hears the wish to stop.
#pragma once

#include <cohort/app/waiting.hpp>

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
    // does not know that he should type.
    void check(const Accept& accept);

    // Local. To be heard while waiting for input; signals are unless told.
    void listen_with(const Ear& ear);

    // Local, on the root. The next of the numbers in their order, at most so many, as check() or this `accept` has them;
    // none at their end. Throws UsageError, also where there are no numbers at all, StoreError and Interrupted.
    [[nodiscard]] std::vector<std::string> next_numbers(std::size_t most, const Accept& accept);
    // Local, on the root. Reads what next_numbers() is to give first, unless that is done.
    void read_first_numbers(std::size_t most, const Accept& accept);

    // Local, on the root. The same in a block; nothing at the end.
    [[nodiscard]] std::optional<NumberBlock> next_block(std::size_t most);
    // Local, on the root. Reads what next_block() is to give first, unless that is done.
    void read_first_block(std::size_t most);
    // Local. How many numbers next_block() has read.
    [[nodiscard]] std::uint64_t numbers_read() const noexcept { return numbers_read_; }

  private:
    void open();
    [[nodiscard]] NumberBlock read_block(std::size_t most);
    [[nodiscard]] std::optional<std::string> next_number();
    [[noreturn]] void fail_without_numbers(const std::string& source) const;
    [[nodiscard]] std::vector<std::string> read_arguments(const Accept& accept) const;
    [[nodiscard]] std::vector<std::string> read_numbers(std::size_t most, const Accept& accept);

    std::string command_;
    std::vector<std::string> arguments_;
    std::string file_;                  // "-" and nothing are standard input
    std::vector<std::string> numbers_;  // the arguments, or what was read first
    Ear ear_;
    std::shared_ptr<InputLines> lines_;  // unless there are arguments
    std::size_t arguments_taken_ = 0;
    std::uint64_t numbers_read_ = 0;
    std::string large_;  // the line of a number above 64 bits that is to be a block
    std::optional<NumberBlock> first_;
    bool is_begun_ = false;
};

}  // namespace cohort::primes

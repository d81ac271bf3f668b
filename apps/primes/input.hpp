// The numbers that test and factor work on: arguments, a file, or standard input.
//
// Only the root has standard input, and may be the only one to see a file, so it reads and the others hear of
// errors from it. Everything is read before any work begins: a bad line must not be found after an hour.
#pragma once

#include <cohort/team/team.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace cohort::primes {

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

  private:
    [[nodiscard]] std::vector<std::string> read_arguments(const Accept& accept) const;
    [[nodiscard]] std::vector<std::string> read_lines(const Accept& accept) const;

    std::string command_;
    std::vector<std::string> arguments_;
    std::string file_;                  // "-" and nothing are standard input
    std::vector<std::string> numbers_;  // what was read
};

}  // namespace cohort::primes

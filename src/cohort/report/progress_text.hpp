// What a progress display writes, without a clock and a terminal.
//
// Each function takes the time, in seconds from any beginning, and returns what is to be written now; mostly
// nothing. So all of it can be tested in no time.
#pragma once

#include <cohort/run/balance.hpp>

#include <optional>
#include <string>

namespace cohort {

class ProgressText {
  public:
    // `what` is counted: "darts". A bar rewrites its line; a log adds lines.
    ProgressText(std::string what, bool bar) : what_(std::move(what)), bar_(bar) {}

    void started(std::string call, std::optional<std::uint64_t> items, double now);
    // `items` are finished in all.
    [[nodiscard]] std::string advanced(std::uint64_t items, double now, int columns);
    [[nodiscard]] std::string ended(const Balance& balance, double now, int columns);
    // Ends a line that was begun, where the call was never heard of again.
    [[nodiscard]] std::string abandoned();

  private:
    [[nodiscard]] std::string line(double now, int columns, bool last) const;
    void measure(std::uint64_t items, double now);

    std::string what_;
    bool bar_;
    std::string call_;
    std::optional<std::uint64_t> items_;
    std::uint64_t done_ = 0;
    double began_ = 0;
    double measured_ = 0;  // when
    double next_ = 0;      // when something is to be written again
    double interval_ = 0;  // of a log
    bool written_ = false;
    // The rate as a mean in which ten seconds ago weighs 1/e; divided by the sum of its weights, so that it
    // is right from the beginning.
    double weighted_rate_ = 0;
    double weights_ = 0;
};

}  // namespace cohort

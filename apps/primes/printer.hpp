// Standard output for answers that come while the work goes on.
//
// Lines are held back for a tenth of a second, so that a reader sees them soon and a million of them are not a
// million writes. What cannot be written is an error, not a shorter list.
#pragma once

#include <chrono>
#include <string>

namespace cohort::primes {

class Printer {
  public:
    // Local. Where the next line is to be appended. End it by line_done().
    [[nodiscard]] std::string& text() noexcept { return text_; }
    // Local. May write. Throws StoreError.
    void line_done();
    // Local. Writes all. Throws StoreError.
    void flush();

  private:
    std::string text_;
    std::chrono::steady_clock::time_point written_{};
};

}  // namespace cohort::primes

// Standard output for answers that come while the work goes on.
//
// Lines are held back for a tenth of a second, so that a reader sees them soon and a million of them are not
// a million writes. What cannot be written is an error, not a shorter list. A reader may be slow, or not read
// at all; who waits for it chooses a moment when the other ranks can tell that the work is to stop, which in
// a call is before it looks for more to do.
#pragma once

#include <cohort/app/waiting.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace cohort::primes {

class Printer {
  public:
    // The team must outlive the printer.
    explicit Printer(const Team& team) : ear_(team) {}
    // Writes what there is, as far as room is made for it at once.
    ~Printer();
    Printer(const Printer&) = delete;
    Printer& operator=(const Printer&) = delete;

    // Local. Where the next line is to be appended. End it by line_done().
    [[nodiscard]] std::string& text() noexcept { return text_; }
    // Local. May write, but does not wait. Throws StoreError.
    void line_done();
    // Local. Writes what there is room for. Throws StoreError.
    void push();
    // Local. Waits until at most a megabyte is left to be written. Throws StoreError and Interrupted.
    void wait_for_reader();
    // Local. Writes all. Throws StoreError and Interrupted.
    void flush();

  private:
    [[nodiscard]] std::string_view unwritten() const noexcept {
        return std::string_view(text_).substr(written_);
    }

    Ear ear_;
    std::string text_;
    std::size_t written_ = 0;  // bytes of text_
    std::chrono::steady_clock::time_point last_{};
};

}  // namespace cohort::primes

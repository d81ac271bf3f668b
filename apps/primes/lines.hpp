// Numbers as text, a line each.
//
// Ascending numbers that are close to each other mostly share all digits but the last four. Those before are kept as
// text, so that a line costs two divisions by constants, two look-ups of two digits and a copy: 5 ns, where digits that
// are worked out anew take 35.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace cohort::primes {

class Lines {
  public:
    // Local. Appends the numbers, any of them in any order, to `text`.
    void append(std::string& text, std::span<const std::uint64_t> numbers);

  private:
    static constexpr std::size_t longest = 20;  // digits of a number below 2^64

    std::uint64_t high_ = 0;                  // number / 10'000 of the last one
    std::array<char, longest - 4> digits_{};  // of high_
    std::size_t length_ = 0;                  // of digits_
};

}  // namespace cohort::primes

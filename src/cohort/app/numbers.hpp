// Numbers as people type them.
//
// A count is `97`, `1_000_000`, `1e9`, `1.5e9`, `2^61-1` or `2**61`: nobody should have to count zeros. The
// end of a range may be 2^64, which no 64-bit number holds, so reading is done in 128 bits. Every reader
// takes the text and where it came from ("argument 3 of test", "the value of --darts"), so that its
// UsageError can name both.
#pragma once

#include <cohort/plan/index.hpp>

#include <complex>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cohort {

// The least and the most that a number may be, both included.
template <typename T>
struct Limits {
    T least = std::numeric_limits<T>::lowest();
    T most = std::numeric_limits<T>::max();
};

// Local. A whole number below 2^64. Throws UsageError.
[[nodiscard]] std::uint64_t parse_whole(std::string_view text, std::string_view where,
                                        Limits<std::uint64_t> limits = {});

// Local. A number with a fraction: `0.5`, `-1.8`, `1e-6`. Neither nan nor infinite. Throws UsageError.
[[nodiscard]] double parse_real(std::string_view text, std::string_view where, Limits<double> limits = {});

// Local. The half-open range of the one or two arguments of `command`: TO (from 0 on), FROM TO or FROM
// +LENGTH. It may end at 2^64, but holds at most 2^64 - 1 numbers. Throws UsageError, also where FROM is
// above TO.
[[nodiscard]] Range parse_range(std::span<const std::string> texts, std::string_view command);

struct Size {
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    friend constexpr bool operator==(const Size&, const Size&) = default;
};

// Local. `1920x1080`; neither may be 0. Throws UsageError.
[[nodiscard]] Size parse_size(std::string_view text, std::string_view where);

struct Pair {
    double first = 0;
    double second = 0;
    friend constexpr bool operator==(const Pair&, const Pair&) = default;
};

// Local. `-1.8,1.8`. Throws UsageError.
[[nodiscard]] Pair parse_pair(std::string_view text, std::string_view where);

// Local. `-0.8,0.156`, `-0.8+0.156i`, `1e-3-2j`, `0.5`, `-i`. Throws UsageError.
[[nodiscard]] std::complex<double> parse_complex(std::string_view text, std::string_view where);

// A whole number of any size, taken apart: coefficient * base^exponent + offset, or - offset. Strings of
// digits without leading zeros, for a library of big integers to read.
struct WholeParts {
    std::string coefficient = "1";
    std::string base = "1";
    std::uint64_t exponent = 0;
    std::string offset = "0";
    bool minus = false;  // the offset is taken away

    // At most so many binary digits, so that absurd numbers can be refused before they are worked out.
    // Infinite if need be.
    [[nodiscard]] double most_bits() const;
};

// Local. Takes a whole number apart without working it out; nothing if the text is not one. 1.5e9 is 15 *
// 10^8.
[[nodiscard]] std::optional<WholeParts> split_whole(std::string_view text);

// Local. What parse_whole says of a text that is not a whole number, for those who read larger ones
// themselves.
[[nodiscard]] std::string not_whole(std::string_view text, std::string_view where);

// Local. The text as an error shows it: cut where it is long, in quotes where it is empty or has blanks, and
// without control characters.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace cohort

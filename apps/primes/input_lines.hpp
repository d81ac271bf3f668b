// Lines of a file or of standard input.
//
// Millions of numbers a second come as plain decimal digits, a line each, and whoever reads all of them must not look at each
// digit as a reader of numbers does. Such lines are recognized and passed on as they are, a block in one copy; what is
// written in another way is given line by line. Input may be silent for hours, so its reader listens for the wish to stop;
// and it may have no line ends at all, so a line has a longest length, while remarks and blanks are passed over at any.
#pragma once

#include <cohort/app/waiting.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cohort::primes {

// Local. True of a number from 1 to 2^64 - 1 in decimal digits without leading zeros.
[[nodiscard]] bool is_plain(std::string_view line) noexcept;

class InputLines {
  public:
    // Bytes of a line without blanks before it: 17 times what the largest number needs with an underscore after each digit.
    static constexpr std::size_t longest_line = 1 << 20;

    // Local. Opens the file; standard input if the name is empty. Throws StoreError.
    explicit InputLines(const std::string& file);
    ~InputLines();
    InputLines(const InputLines&) = delete;
    InputLines& operator=(const InputLines&) = delete;

    // Local. To be heard while waiting for input; signals are unless told.
    void listen_with(const Ear& ear) noexcept { ear_ = ear; }

    // Local. Appends the next lines to `text` as long as each is plain, at most so many; returns how many. The last line
    // is none of them unless it is ended. Throws StoreError, UsageError if a line is too long, and Interrupted.
    [[nodiscard]] std::size_t take_plain(std::size_t most, std::string& text);
    // Local. The next line without its end, and without blanks around it, until the next call; nothing at the end. What
    // follows # may be missing. Throws as take_plain() does.
    [[nodiscard]] std::optional<std::string_view> next();

    // Of the last line: "line 3 of numbers.txt".
    [[nodiscard]] std::string where() const;
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    [[nodiscard]] std::string_view unread() const noexcept {
        return std::string_view(buffer_).substr(begin_, end_ - begin_);
    }
    [[nodiscard]] bool has_line();
    [[nodiscard]] bool read_more();
    void shorten_line();
    void refuse_if_long(std::string_view line) const;
    [[noreturn]] void fail() const;

    std::string name_;
    int descriptor_;
    Ear ear_;
    std::string buffer_;  // [begin_, end_) was read and not yet given
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t number_ = 0;
};

}  // namespace cohort::primes

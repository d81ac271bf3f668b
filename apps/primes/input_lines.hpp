// Lines of a file or of standard input.
//
// Millions of numbers a second come as plain decimal digits, a line each, and whoever reads all of them must not look at each
// digit as a reader of numbers does. Such lines are recognized and passed on as they are, a block in one copy; what is
// written in another way is given line by line.
#pragma once

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
    // Local. Opens the file; standard input if the name is empty. Throws StoreError.
    explicit InputLines(const std::string& file);
    ~InputLines();
    InputLines(const InputLines&) = delete;
    InputLines& operator=(const InputLines&) = delete;

    // Local. Appends the next lines to `text` as long as each is plain, at most so many; returns how many. The last line
    // is none of them unless it is ended. Throws StoreError.
    [[nodiscard]] std::size_t take_plain(std::size_t most, std::string& text);
    // Local. The next line without its end, and without blanks around it, until the next call; nothing at the end. Throws
    // StoreError.
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
    [[noreturn]] void fail() const;

    std::string name_;
    int descriptor_;
    std::string buffer_;  // [begin_, end_) was read and not yet given
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t number_ = 0;
};

}  // namespace cohort::primes

#include <cohort/app/numbers.hpp>
#include <cohort/plan/error.hpp>
#include <primes/input_lines.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <unistd.h>

namespace cohort::primes {

namespace {

constexpr std::size_t read_at_once = std::size_t{1} << 18;
constexpr std::string_view blanks = " \t\r\n\v\f";

bool are_digits(std::string_view text) noexcept {
    // Eight at a time: a byte of '0' to '9' neither carries into its highest bit in the sum nor borrows in the difference.
    const auto eight = [](const char* at) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof(word));
        return (((word + 0x4646464646464646U) | (word - 0x3030303030303030U) | word) & 0x8080808080808080U) ==
               0;
    };
    if (text.size() < 8)
        return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    bool all = eight(text.data() + text.size() - 8);
    for (std::size_t i = 0; i + 8 < text.size(); i += 8) all = all && eight(text.data() + i);
    return all;
}

}  // namespace

bool is_plain(std::string_view line) noexcept {
    constexpr std::string_view largest = "18446744073709551615";
    return !line.empty() && line.size() <= largest.size() && line.front() != '0' && are_digits(line) &&
           (line.size() < largest.size() || line <= largest);
}

InputLines::InputLines(const std::string& file)
    : name_(file.empty() ? "standard input" : cohort::shown(file)),
      descriptor_(file.empty() ? STDIN_FILENO : open_to_read(file)) {
    if (descriptor_ < 0) fail();
}

InputLines::~InputLines() {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

std::string InputLines::where() const { return fmt::format("line {} of {}", number_, name_); }

void InputLines::fail() const {
    throw StoreError(fmt::format("cannot read {}", name_), std::strerror(errno),
                     "name a file of numbers, one a line");
}

// False at the end.
bool InputLines::read_more() {
    std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() < end_ + read_at_once) buffer_.resize(end_ + read_at_once);
    const auto bytes = read_some(descriptor_, std::span(buffer_).subspan(end_), ear_);
    if (bytes < 0) fail();
    end_ += static_cast<std::size_t>(bytes);
    return bytes > 0;
}

// Of a line that has no end yet, leaves out what nobody needs.
void InputLines::shorten_line() {
    begin_ += std::min(unread().find_first_not_of(blanks), unread().size());
    if (unread().starts_with('#')) buffer_[begin_ = end_ - 1] = '#';
    refuse_if_long(unread());
}

void InputLines::refuse_if_long(std::string_view line) const {
    if (line.size() <= longest_line || line.starts_with('#')) return;
    throw UsageError(fmt::format("line {} of {} is longer than {} bytes", number_ + 1, name_, longest_line),
                     "a line is one number, and none that is small enough needs so many",
                     "end each number by a new line");
}

// True if there is one that is ended; reads on until then.
bool InputLines::has_line() {
    for (std::size_t seen = 0; unread().find('\n', seen) == std::string_view::npos;) {
        if (unread().size() > longest_line) shorten_line();
        seen = unread().size();
        if (!read_more()) return false;
    }
    return true;
}

std::size_t InputLines::take_plain(std::size_t most, std::string& text) {
    const std::uint64_t before = number_;
    std::size_t taken = 0;
    for (bool all_plain = true; all_plain && taken < most && has_line();) {
        const std::string_view lines = unread();
        std::size_t at = 0;
        for (std::size_t end = 0; taken < most && (end = lines.find('\n', at)) != std::string_view::npos;
             ++taken) {
            all_plain = is_plain(lines.substr(at, end - at));
            if (!all_plain) break;
            at = end + 1;
        }
        text.append(lines.substr(0, at));
        begin_ += at;
        number_ = before + taken;
    }
    return taken;
}

std::optional<std::string_view> InputLines::next() {
    const bool is_ended = has_line();
    if (!is_ended && unread().empty()) return std::nullopt;
    std::string_view line = unread();
    line = line.substr(0, line.find('\n'));
    begin_ += line.size() + (is_ended ? 1 : 0);
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    refuse_if_long(line);
    ++number_;
    return line.substr(0, line.find_last_not_of(blanks) + 1);
}

}  // namespace cohort::primes

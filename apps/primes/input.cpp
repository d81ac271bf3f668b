#include <cohort/app/launch.hpp>
#include <cohort/app/numbers.hpp>
#include <cohort/plan/error.hpp>
#include <primes/input.hpp>
#include <primes/integers.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cohort::primes {

namespace {

constexpr const char* remedy = "name them as arguments, by --input FILE or on standard input, one a line";

bool is_empty(const NumberBlock& block) { return block.first.empty() && block.second.empty(); }

}  // namespace

// Lines of a file, or of standard input.
class InputLines {
  public:
    explicit InputLines(const std::string& file)
        : name_(file.empty() ? "standard input" : cohort::shown(file)) {
        if (!file.empty()) {
            opened_.reset(std::fopen(file.c_str(), "re"));
            if (!opened_) fail();
        }
        stream_ = opened_ ? opened_.get() : stdin;
    }
    ~InputLines() { std::free(line_); }
    InputLines(const InputLines&) = delete;
    InputLines& operator=(const InputLines&) = delete;

    // Without its end, and without blanks around it.
    [[nodiscard]] std::optional<std::string_view> next() {
        constexpr std::string_view blanks = " \t\r\n\v\f";
        errno = 0;
        const ssize_t length = ::getline(&line_, &room_, stream_);
        if (length < 0) {
            if (std::feof(stream_) == 0) fail();
            return std::nullopt;
        }
        ++number_;
        std::string_view line(line_, static_cast<std::size_t>(length));
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        line = line.substr(0, line.find_last_not_of(blanks) + 1);
        return line;
    }
    // "line 3 of numbers.txt"
    [[nodiscard]] std::string where() const { return fmt::format("line {} of {}", number_, name_); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    [[noreturn]] void fail() const {
        throw StoreError(fmt::format("cannot read {}", name_), std::strerror(errno),
                         "name a file of numbers, one a line");
    }

    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    std::string name_;
    std::unique_ptr<std::FILE, Close> opened_;
    std::FILE* stream_ = nullptr;
    char* line_ = nullptr;
    std::size_t room_ = 0;
    std::uint64_t number_ = 0;
};

void NumberInput::add_to(CLI::App& options) {
    command_ = options.get_name();
    options.add_option("N", arguments_, "whole numbers of any size")->type_name("");
    options
        .add_option("--input", file_,
                    "take the numbers from there, one a line; # begins a remark; - is standard input")
        ->type_name("FILE");
}

std::vector<std::string> NumberInput::read_arguments(const Accept& accept) const {
    std::vector<std::string> numbers;
    for (const std::string& text : arguments_) {
        numbers.push_back(accept(text, fmt::format("argument {} of {}", numbers.size() + 1, command_)));
    }
    return numbers;
}

std::vector<std::string> NumberInput::read_lines(const Accept& accept) const {
    InputLines lines(file_ == "-" ? "" : file_);
    std::vector<std::string> numbers;
    while (const auto line = lines.next()) {
        if (!line->empty() && !line->starts_with('#')) numbers.push_back(accept(*line, lines.where()));
    }
    if (numbers.empty()) fail_without_numbers(lines.name());
    return numbers;
}

void NumberInput::fail_without_numbers(const std::string& source) const {
    throw UsageError(fmt::format("{} is given no numbers", command_), fmt::format("{} has none", source),
                     remedy);
}

void NumberInput::take(std::string_view text, std::uint64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return;
    const Integer n = parse_integer(text, lines_ ? lines_->where() : std::string());
    if (mpz_sizeinbase(n.get_mpz_t(), 2) <= 64) {
        number = n.get_ui();
    } else {
        large_ = n.get_str();
    }
}

// True if there is one; it is in large_ if that is not empty.
bool NumberInput::next_number(std::uint64_t& number) {
    if (!arguments_.empty()) {
        if (arguments_taken_ == numbers_.size()) return false;
        take(numbers_[arguments_taken_++], number);
        return true;
    }
    if (!lines_) lines_ = std::make_shared<InputLines>(file_ == "-" ? "" : file_);
    while (const auto line = lines_->next()) {
        if (line->empty() || line->starts_with('#')) continue;
        take(*line, number);
        return true;
    }
    return false;
}

// Empty at the end.
NumberBlock NumberInput::read_block(std::size_t most) {
    NumberBlock block;
    std::uint64_t number = 0;
    while (large_.empty() && block.first.size() < most && next_number(number)) {
        if (large_.empty()) block.first.push_back(number);
    }
    if (block.first.empty()) block.second = std::exchange(large_, std::string());
    return block;
}

void NumberInput::read_first_block(std::size_t most) {
    if (is_begun_) return;
    is_begun_ = true;
    first_ = read_block(most);
    if (is_empty(*first_)) fail_without_numbers(lines_->name());
}

std::optional<NumberBlock> NumberInput::next_block(std::size_t most) {
    read_first_block(most);
    if (first_) return std::exchange(first_, std::nullopt);
    NumberBlock block = read_block(most);
    return is_empty(block) ? std::nullopt : std::optional(std::move(block));
}

void NumberInput::check(const Accept& accept, bool alone) {
    if (!arguments_.empty() && !file_.empty()) {
        throw UsageError(fmt::format("{} is given numbers twice", command_),
                         fmt::format("as arguments and by --input {}", cohort::shown(file_)),
                         "leave one of them out");
    }
    const bool from_input = arguments_.empty() && (file_.empty() || file_ == "-");
    if (from_input && !find_launcher().present() && ::isatty(STDIN_FILENO) == 1) {
        throw UsageError(fmt::format("{} is given no numbers", command_), "", remedy);
    }
    if (!arguments_.empty()) {
        numbers_ = read_arguments(accept);
    } else if (alone) {
        numbers_ = read_lines(accept);
    }
}

std::vector<std::string> NumberInput::read(Team& team, const Accept& accept) {
    team.agree([&] {
        if (team.is_root() && numbers_.empty()) numbers_ = read_lines(accept);
    });
    return team.is_root() ? std::move(numbers_) : std::vector<std::string>();
}

}  // namespace cohort::primes

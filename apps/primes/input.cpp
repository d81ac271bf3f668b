#include <cohort/app/launch.hpp>
#include <cohort/app/numbers.hpp>
#include <cohort/plan/error.hpp>
#include <primes/input.hpp>
#include <primes/input_lines.hpp>
#include <primes/integers.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <optional>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cohort::primes {

namespace {

constexpr const char* remedy = "name them as arguments, by --input FILE or on standard input, one a line";

}  // namespace

Numbers numbers_in(const NumberBlock& block) {
    Numbers numbers;
    const char* const end = block.data() + block.size();
    for (const char* line = block.data(); line != end;) {
        std::uint64_t value = 0;
        const auto [after, error] = std::from_chars(line, end, value);
        if (error == std::errc()) numbers.values.push_back(value);
        numbers.texts.emplace_back(line, after);
        line = after + 1;
    }
    return numbers;
}

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

void NumberInput::open() {
    if (!arguments_.empty()) return;
    lines_ = std::make_shared<InputLines>(file_ == "-" ? "" : file_);
    lines_->listen_with(ear_);
}

void NumberInput::listen_with(const Ear& ear) {
    ear_ = ear;
    if (lines_) lines_->listen_with(ear);
}

std::vector<std::string> NumberInput::read_numbers(std::size_t most, const Accept& accept) {
    std::vector<std::string> numbers;
    while (lines_ && numbers.size() < most) {
        const auto line = lines_->next();
        if (!line) break;
        if (!line->empty() && !line->starts_with('#')) numbers.push_back(accept(*line, lines_->where()));
    }
    return numbers;
}

void NumberInput::read_first_numbers(std::size_t most, const Accept& accept) {
    if (is_begun_) return;
    is_begun_ = true;
    open();
    if (lines_) numbers_ = read_numbers(most, accept);
    if (numbers_.empty()) fail_without_numbers(lines_->name());
}

std::vector<std::string> NumberInput::next_numbers(std::size_t most, const Accept& accept) {
    read_first_numbers(most, accept);
    if (!numbers_.empty()) return std::exchange(numbers_, {});
    return read_numbers(most, accept);
}

void NumberInput::fail_without_numbers(const std::string& source) const {
    throw UsageError(fmt::format("{} is given no numbers", command_), fmt::format("{} has none", source),
                     remedy);
}

// In decimal digits.
std::optional<std::string> NumberInput::next_number() {
    if (!arguments_.empty()) {
        if (arguments_taken_ == numbers_.size()) return std::nullopt;
        return numbers_[arguments_taken_++];
    }
    while (const auto line = lines_->next()) {
        if (line->empty() || line->starts_with('#')) continue;
        if (is_plain(*line)) return std::string(*line);
        return parse_integer(*line, lines_->where()).get_str();
    }
    return std::nullopt;
}

// Empty at the end.
NumberBlock NumberInput::read_block(std::size_t most) {
    NumberBlock block = std::exchange(large_, std::string());
    if (!block.empty()) return block;
    for (std::size_t numbers = 0; numbers < most;) {
        if (lines_) {
            const std::size_t plain = lines_->take_plain(most - numbers, block);
            numbers += plain;
            numbers_read_ += plain;
            if (numbers == most) break;
        }
        std::optional<std::string> number = next_number();
        if (!number) break;
        ++numbers_read_;
        const bool is_large = !is_plain(*number) && *number != "0";
        *number += '\n';
        if (is_large) {
            large_ = std::move(*number);
            break;
        }
        block += *number;
        ++numbers;
    }
    return block.empty() ? std::exchange(large_, std::string()) : block;
}

void NumberInput::read_first_block(std::size_t most) {
    if (is_begun_) return;
    is_begun_ = true;
    open();
    first_ = read_block(most);
    if (first_->empty()) fail_without_numbers(lines_->name());
}

std::optional<NumberBlock> NumberInput::next_block(std::size_t most) {
    read_first_block(most);
    if (first_) return std::exchange(first_, std::nullopt);
    NumberBlock block = read_block(most);
    return block.empty() ? std::nullopt : std::optional(std::move(block));
}

void NumberInput::check(const Accept& accept) {
    if (!arguments_.empty() && !file_.empty()) {
        throw UsageError(fmt::format("{} is given numbers twice", command_),
                         fmt::format("as arguments and by --input {}", cohort::shown(file_)),
                         "leave one of them out");
    }
    const bool from_input = arguments_.empty() && (file_.empty() || file_ == "-");
    if (from_input && !find_launcher().present() && ::isatty(STDIN_FILENO) == 1) {
        throw UsageError(fmt::format("{} is given no numbers", command_), "", remedy);
    }
    if (!arguments_.empty()) numbers_ = read_arguments(accept);
}

}  // namespace cohort::primes

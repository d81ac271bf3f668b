#include <primes/answers.hpp>

#include <fmt/format.h>

namespace cohort::primes {

namespace {

void append(std::string& text, std::uint64_t n) {
    const fmt::format_int digits(n);
    text.append(digits.data(), digits.size());
}

void append(std::string& text, const std::string& digits) { text += digits; }

std::string_view in_json(bool value) noexcept { return value ? "true" : "false"; }

}  // namespace

void Answers::begin_entry(std::string_view n) {
    text_ += text_.empty() ? "{\"n\":\"" : ",{\"n\":\"";
    text_ += n;
    text_ += '"';
}

void Answers::add_primality(std::string_view n, bool is_prime, bool is_proved) {
    if (form_ == Form::json) {
        begin_entry(n);
        text_ += ",\"prime\":";
        text_ += in_json(is_prime);
        text_ += ",\"proved\":";
        text_ += in_json(is_proved);
        text_ += '}';
        return;
    }
    text_ += n;
    text_ += !is_prime ? ": not prime\n" : is_proved ? ": prime\n" : ": probably prime\n";
}

template <typename Prime>
void Answers::add_factors(std::string_view n, std::span<const std::pair<Prime, std::uint32_t>> powers) {
    if (form_ == Form::json) {
        begin_entry(n);
        text_ += ",\"factors\":[";
        for (std::size_t i = 0; i < powers.size(); ++i) {
            text_ += i == 0 ? "[\"" : ",[\"";
            append(text_, powers[i].first);
            text_ += "\",";
            append(text_, powers[i].second);
            text_ += ']';
        }
        text_ += "],\"prime\":";
        text_ += in_json(powers.size() == 1 && powers.front().second == 1);
        text_ += '}';
        return;
    }
    text_ += n;
    text_ += ':';
    const bool with_exponents = form_ == Form::lines_with_exponents;
    for (const auto& [prime, exponent] : powers) {
        for (std::uint32_t i = 0; i < (with_exponents ? 1 : exponent); ++i) {
            text_ += ' ';
            append(text_, prime);
        }
        if (with_exponents && exponent > 1) {
            text_ += '^';
            append(text_, exponent);
        }
    }
    text_ += '\n';
}

template void Answers::add_factors(std::string_view,
                                   std::span<const std::pair<std::uint64_t, std::uint32_t>>);
template void Answers::add_factors(std::string_view, std::span<const std::pair<std::string, std::uint32_t>>);

}  // namespace cohort::primes

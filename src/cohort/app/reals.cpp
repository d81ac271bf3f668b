#include <cohort/app/numbers.hpp>
#include <cohort/plan/error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace cohort {
namespace {

std::optional<double> real(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

// Reads `a,b`; nothing if it is not that.
std::optional<Pair> pair_of(std::string_view text) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const auto first = real(text.substr(0, comma));
    const auto second = real(text.substr(comma + 1));
    if (!first || !second) return std::nullopt;
    return Pair{*first, *second};
}

// The coefficient of i: `+`, `-` and nothing stand for one.
std::optional<double> imaginary(std::string_view text) {
    if (text.empty() || text == "+") return 1;
    if (text == "-") return -1;
    return real(text);
}

}  // namespace

double parse_real(std::string_view text, std::string_view where, Limits<double> limits) {
    const auto value = real(text);
    const std::string why = fmt::format("it is {}", where);
    if (!value) {
        throw UsageError(fmt::format("{} is not a finite number", shown(text)), why,
                         "write 0.5, -1.8 or 1e-6");
    }
    if (*value > limits.most) {
        throw UsageError(fmt::format("{} is too large", shown(text)), why,
                         fmt::format("write at most {}", limits.most));
    }
    if (*value < limits.least) {
        throw UsageError(fmt::format("{} is too small", shown(text)), why,
                         fmt::format("write at least {}", limits.least));
    }
    return *value;
}

Pair parse_pair(std::string_view text, std::string_view where) {
    const auto pair = pair_of(text);
    if (!pair) {
        throw UsageError(fmt::format("{} is not a pair of numbers", shown(text)),
                         fmt::format("it is {}", where), "write A,B such as -1.8,1.8");
    }
    return *pair;
}

std::complex<double> parse_complex(std::string_view text, std::string_view where) {
    if (const auto pair = pair_of(text)) return {pair->first, pair->second};
    if (const auto alone = real(text)) return {*alone, 0};
    if (text.ends_with('i') || text.ends_with('j')) {
        const std::string_view body = text.substr(0, text.size() - 1);
        if (const auto alone = imaginary(body)) return {0, *alone};
        // The sign between the parts is the last one that does not belong to an exponent.
        for (std::size_t at = body.size(); at-- > 1;) {
            if ((body[at] != '+' && body[at] != '-') || body[at - 1] == 'e' || body[at - 1] == 'E') continue;
            const auto re = real(body.substr(0, at));
            const auto im = imaginary(body.substr(at));
            if (re && im) return {*re, *im};
            break;
        }
    }
    throw UsageError(fmt::format("{} is not a complex number", shown(text)), fmt::format("it is {}", where),
                     "write RE,IM or RE+IMi, such as -0.8,0.156 or -0.8+0.156i");
}

}  // namespace cohort

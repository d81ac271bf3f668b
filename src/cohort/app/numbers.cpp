#include <cohort/app/numbers.hpp>
#include <cohort/plan/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace cohort {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr Wide two_64 = Wide{1} << 64;
// Where a number is larger than this it is too large for every use, and its exact value is of no interest.
constexpr Wide too_large = Wide{1} << 124;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits with single underscores between them, without leading zeros.
std::optional<std::string> digits(std::string_view text) {
    std::string found;
    bool after_digit = false;
    for (const char c : text) {
        if (is_digit(c)) {
            found += c;
        } else if (c != '_' || !after_digit) {
            return std::nullopt;
        }
        after_digit = is_digit(c);
    }
    if (!after_digit) return std::nullopt;
    found.erase(0, std::min(found.find_first_not_of('0'), found.size() - 1));
    return found;
}

std::optional<std::uint64_t> small(const std::string& number) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    return value;
}

// `1_000`, `1e9`, `1.5e9`: digits, then a fraction that the exponent makes whole.
std::optional<WholeParts> split_decimal(std::string_view text) {
    WholeParts parts{.base = "10"};
    const std::size_t e = text.find_first_of("eE");
    if (e != std::string_view::npos) {
        std::string_view power = text.substr(e + 1);
        if (power.starts_with('+')) power.remove_prefix(1);
        const auto exponent = digits(power);
        const auto value = exponent ? small(*exponent) : std::nullopt;
        if (!value) return std::nullopt;
        parts.exponent = *value;
        text = text.substr(0, e);
    }
    std::string_view fraction;
    const std::size_t point = text.find('.');
    if (point != std::string_view::npos) {
        if (e == std::string_view::npos || !digits(text.substr(point + 1))) return std::nullopt;
        fraction = text.substr(point + 1);
        text = text.substr(0, point);
    }
    const auto whole = digits(text);
    if (!whole) return std::nullopt;
    std::string decimals;
    std::copy_if(fraction.begin(), fraction.end(), std::back_inserter(decimals), is_digit);
    while (decimals.ends_with('0')) decimals.pop_back();
    if (decimals.size() > parts.exponent) return std::nullopt;
    parts.exponent -= decimals.size();
    parts.coefficient = *digits(*whole + decimals);
    return parts;
}

// `2^61-1`, `2**61`.
std::optional<WholeParts> split_power(std::string_view text) {
    const std::size_t caret = text.find('^');
    const std::size_t stars = text.find("**");
    const std::size_t sign = std::min(caret, stars);
    const std::size_t width = sign == caret ? 1 : 2;
    const auto base = digits(text.substr(0, sign));
    std::string_view rest = text.substr(sign + width);

    WholeParts parts;
    const std::size_t plus = rest.find_first_of("+-");
    if (plus != std::string_view::npos) {
        const auto offset = digits(rest.substr(plus + 1));
        if (!offset) return std::nullopt;
        parts.offset = *offset;
        parts.minus = rest[plus] == '-';
        rest = rest.substr(0, plus);
    }
    const auto power = digits(rest);
    const auto exponent = power ? small(*power) : std::nullopt;
    if (!base || !exponent) return std::nullopt;
    parts.base = *base;
    parts.exponent = *exponent;
    return parts;
}

// The value of digits, or anything from too_large on.
Wide wide(const std::string& number) {
    Wide value = 0;
    for (const char c : number) value = std::min(value * 10 + static_cast<unsigned>(c - '0'), too_large);
    return value;
}

Wide times(Wide a, Wide b) { return a != 0 && b > too_large / a ? too_large : a * b; }

// What a text says, up to too_large; nothing if it is not a whole number. -1 is told apart from junk by
// `below_zero`.
std::optional<Wide> value_of(const WholeParts& parts, bool& below_zero) {
    const Wide base = wide(parts.base);
    Wide value = wide(parts.coefficient);
    if (parts.exponent > 0 && base <= 1) value = times(value, base);
    if (base > 1 && value != 0) {
        for (std::uint64_t i = 0; i < parts.exponent && value < too_large; ++i) value = times(value, base);
    }
    const Wide offset = wide(parts.offset);
    if (!parts.minus) return std::min(value + offset, too_large);
    below_zero = offset > value;
    if (below_zero) return std::nullopt;
    return value == too_large ? too_large : value - offset;
}

[[noreturn]] void refuse_below_zero(std::string_view text, std::string_view where) {
    throw UsageError(fmt::format("{} is below zero", shown(text)), fmt::format("it is {}", where),
                     "write a number from 0 on");
}

[[noreturn]] void refuse_large(std::string_view text, std::string_view where, std::string_view most) {
    throw UsageError(fmt::format("{} is too large", shown(text)), fmt::format("it is {}", where),
                     fmt::format("write at most {}", most));
}

Wide parse_wide(std::string_view text, std::string_view where) {
    if (text.starts_with('-') && split_whole(text.substr(1))) refuse_below_zero(text, where);
    const auto parts = split_whole(text);
    if (!parts) throw UsageError(not_whole(text, where));
    bool below_zero = false;
    const auto value = value_of(*parts, below_zero);
    if (!value) refuse_below_zero(text, where);
    return *value;
}

}  // namespace

double WholeParts::most_bits() const {
    const double base_bits =
        base == "1" || base == "0" ? 0 : static_cast<double>(base.size()) * std::log2(10.0);
    const double tight = base == "2" ? 1 : base == "10" ? std::log2(10.0) : base_bits;
    const double product =
        static_cast<double>(coefficient.size()) * std::log2(10.0) + static_cast<double>(exponent) * tight;
    return std::max(product, static_cast<double>(offset.size()) * std::log2(10.0)) + 1;
}

std::optional<WholeParts> split_whole(std::string_view text) {
    const bool power = text.find('^') != std::string_view::npos || text.find("**") != std::string_view::npos;
    return power ? split_power(text) : split_decimal(text);
}

std::string shown(std::string_view text) {
    constexpr std::size_t most = 60;
    std::string kept;
    bool quote = text.empty();
    for (const char c : text.substr(0, most)) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        quote = quote || control || c == ' ';
        kept += control ? '?' : c;
    }
    // Not in the middle of a character of several bytes.
    if (text.size() > most) {
        while (!kept.empty() && (static_cast<unsigned char>(kept.back()) & 0xC0U) == 0x80U) kept.pop_back();
        if (!kept.empty() && (static_cast<unsigned char>(kept.back()) & 0xC0U) == 0xC0U) kept.pop_back();
        kept += "...";
    }
    return quote ? '"' + kept + '"' : kept;
}

std::string not_whole(std::string_view text, std::string_view where) {
    return error_text(fmt::format("{} is not a whole number", shown(text)), fmt::format("it is {}", where),
                      "write 97, 1_000_000, 1e9 or 2^61-1");
}

std::uint64_t parse_whole(std::string_view text, std::string_view where, Limits<std::uint64_t> limits) {
    const Wide value = parse_wide(text, where);
    if (value >= two_64 || value > limits.most) {
        const bool widest = limits.most == std::numeric_limits<std::uint64_t>::max();
        refuse_large(text, where, widest ? "2^64-1" : fmt::format("{}", limits.most));
    }
    if (value < limits.least) {
        throw UsageError(fmt::format("{} is too small", shown(text)), fmt::format("it is {}", where),
                         fmt::format("write at least {}", limits.least));
    }
    return static_cast<std::uint64_t>(value);
}

Range parse_range(std::span<const std::string> texts, std::string_view command) {
    const std::string first = fmt::format("argument 1 of {}", command);
    const std::string second = fmt::format("argument 2 of {}", command);
    if (texts.empty() || texts.size() > 2 || texts[0].starts_with('+')) {
        throw UsageError(fmt::format("{} is not a range", shown(fmt::format("{}", fmt::join(texts, " ")))),
                         fmt::format("{} takes one", command), "write TO, FROM TO or FROM +LENGTH");
    }
    const bool has_from = texts.size() == 2;
    const Wide from = has_from ? parse_wide(texts[0], first) : 0;
    if (from >= two_64) refuse_large(texts[0], first, "2^64-1");

    const std::string& last = texts.back();
    const std::string_view where = has_from ? second : first;
    const bool by_length = last.starts_with('+');
    const Wide number = parse_wide(std::string_view(last).substr(by_length ? 1 : 0), where);
    const Wide to = by_length ? from + number : number;
    if (to > two_64) refuse_large(last, where, by_length ? "what leads to 2^64" : "2^64");
    if (from > to) {
        throw UsageError(fmt::format("{} {} is not a range", shown(texts[0]), shown(last)),
                         "it ends before it begins", "write the smaller number first");
    }
    if (to - from == two_64) {
        throw UsageError("a range from 0 to 2^64 is too long", "it has more than 2^64-1 numbers",
                         "begin it at 1");
    }
    return {static_cast<Index>(from), static_cast<std::uint64_t>(to - from)};
}

Size parse_size(std::string_view text, std::string_view where) {
    const std::size_t x = text.find_first_of("xX");
    if (x == std::string_view::npos) {
        throw UsageError(fmt::format("{} is not a size", shown(text)), fmt::format("it is {}", where),
                         "write WIDTHxHEIGHT, such as 1920x1080");
    }
    const Limits<std::uint64_t> limits{.least = 1};
    return {parse_whole(text.substr(0, x), fmt::format("the width in {}", where), limits),
            parse_whole(text.substr(x + 1), fmt::format("the height in {}", where), limits)};
}

}  // namespace cohort

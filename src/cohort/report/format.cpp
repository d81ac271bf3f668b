#include <cohort/report/format.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace cohort {
namespace {

// Three significant digits, without a power of ten.
std::string three_digits(double value) {
    if (value >= 99.95) return fmt::format("{:.0f}", value);
    if (value >= 9.995) return fmt::format("{:.1f}", value);
    return fmt::format("{:.2f}", value);
}

}  // namespace

std::string grouped(std::uint64_t value) {
    std::string text = std::to_string(value);
    if (text.size() <= 4) return text;
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, "_");
    return text;
}

std::string duration(double seconds) {
    if (!(seconds > 0)) return "0 s";
    if (seconds < 0.9995e-6) return fmt::format("{:.3g} ns", seconds * 1e9);
    if (seconds < 0.9995e-3) return fmt::format("{:.3g} us", seconds * 1e6);
    if (seconds < 0.9995) return fmt::format("{:.3g} ms", seconds * 1e3);
    if (seconds < 59.95) return three_digits(seconds) + " s";
    if (seconds >= 1e15) return "for ever";
    const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
    const std::uint64_t minutes = whole / 60;
    const std::uint64_t hours = minutes / 60;
    const std::uint64_t days = hours / 24;
    if (hours == 0) return fmt::format("{} min {:02} s", minutes, whole % 60);
    if (days == 0) return fmt::format("{} h {:02} min", hours, minutes % 60);
    if (days < 1000) return fmt::format("{} d {} h", days, hours % 24);
    return fmt::format("{} years", grouped(days / 365));
}

std::string byte_size(std::uint64_t bytes) {
    if (bytes < 1024) return bytes == 1 ? "1 byte" : fmt::format("{} bytes", bytes);
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < units.size(); ++unit) value /= 1024;
    return fmt::format("{:.3g} {}", value, units[unit]);
}

std::string short_number(double value) {
    constexpr std::array units{"", " k", " M", " G", " T", " P", " E"};
    if (!(value > 0)) return "0";
    if (value < 0.01) return fmt::format("{:.2g}", value);
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < units.size(); ++unit) value /= 1000;
    return fmt::format("{:.3g}{}", value, units[unit]);
}

std::string percent(double share) {
    const double value = share * 100;
    return value < 9.95 ? fmt::format("{:.1f} %", value) : fmt::format("{:.0f} %", value);
}

}  // namespace cohort

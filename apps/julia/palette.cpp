#include <julia/palette.hpp>

#include <cohort/plan/error.hpp>
#include <julia/smooth.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace cohort::julia {

namespace {

// Colours that follow each other evenly and close to a round, as 0xrrggbb; and that of the inside.
struct Stops {
    std::string_view name;
    std::vector<std::uint32_t> stops;
    std::uint32_t inside;
};

const std::vector<Stops>& all_palettes() {
    static const std::vector<Stops> palettes = {
        {"dusk", {0x0b1433, 0x1d4390, 0x5fa4e0, 0xfbf5e4, 0xf7b04c, 0xb4412f, 0x3c1440}, 0x04050c},
        {"ember", {0x14060a, 0x5e1013, 0xc5351a, 0xf58c1f, 0xfdeaa8, 0xd58a4a, 0x6a2420}, 0x060203},
        {"lagoon", {0x041a2a, 0x0a5568, 0x22a296, 0xc3f2d2, 0xf8fff2, 0x72c6da, 0x1a5c92}, 0x01080e},
        {"orchid", {0x160a2a, 0x4f1e73, 0xad3c9c, 0xf390b2, 0xffeadf, 0xa99be0, 0x454a9e}, 0x07030d},
        {"gray", {0x101010, 0x8c8c8c, 0xfafafa, 0x8c8c8c}, 0x000000},
    };
    return palettes;
}

using Lab = std::array<double, 3>;

double to_linear(double s) { return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4); }
double from_linear(double l) { return l <= 0.0031308 ? l * 12.92 : 1.055 * std::pow(l, 1 / 2.4) - 0.055; }

// sRGB to Oklab and back, in which equal steps look equal. Source: Ottosson, "A perceptual color space for
// image processing" (2020).
Lab to_lab(std::uint32_t rgb) {
    const double r = to_linear((rgb >> 16 & 255) / 255.0);
    const double g = to_linear((rgb >> 8 & 255) / 255.0);
    const double b = to_linear((rgb & 255) / 255.0);
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Colour to_colour(const Lab& lab) {
    const double l = std::pow(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2], 3);
    const double m = std::pow(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2], 3);
    const double s = std::pow(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2], 3);
    const auto byte = [](double linear) {
        return static_cast<std::uint8_t>(
            std::lround(255 * std::clamp(from_linear(std::max(linear, 0.0)), 0.0, 1.0)));
    };
    return {byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

// Between p1 and p2, by the cubic that also looks at their neighbours (Catmull and Rom, 1974).
double between(double p0, double p1, double p2, double p3, double t) {
    return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
}

std::vector<Colour> round_of(const std::vector<std::uint32_t>& stops, std::size_t size) {
    std::vector<Lab> labs;
    std::transform(stops.begin(), stops.end(), std::back_inserter(labs), to_lab);
    std::vector<Colour> round(size);
    for (std::size_t k = 0; k < size; ++k) {
        const double place = static_cast<double>(k * labs.size()) / static_cast<double>(size);
        const auto first = static_cast<std::size_t>(place) + labs.size() - 1;
        const auto lab = [&](std::size_t i) -> const Lab& { return labs[(first + i) % labs.size()]; };
        Lab mixed{};
        for (std::size_t i = 0; i < mixed.size(); ++i) {
            mixed[i] = between(lab(0)[i], lab(1)[i], lab(2)[i], lab(3)[i], place - std::floor(place));
        }
        round[k] = to_colour(mixed);
    }
    return round;
}

}  // namespace

std::vector<std::string_view> palette_names() {
    std::vector<std::string_view> names;
    for (const Stops& palette : all_palettes()) names.push_back(palette.name);
    return names;
}

Colours::Colours(std::string_view name) {
    const auto& palettes = all_palettes();
    const auto found = std::find_if(palettes.begin(), palettes.end(),
                                    [&](const Stops& palette) { return palette.name == name; });
    if (found == palettes.end()) {
        throw UsageError(fmt::format("there is no palette {}", name), "",
                         fmt::format("choose one of {}", fmt::join(palette_names(), ", ")));
    }
    round_ = round_of(found->stops, size);
    inside_ = to_colour(to_lab(found->inside));
}

const Colour& Colours::at(double smooth_count) const noexcept {
    constexpr double rounds_per_root = 0.15;
    constexpr double start = 0.8;  // so that the outermost is dark
    const double place = start + rounds_per_root * std::sqrt(std::max(smooth_count + 2, 0.0));
    return round_[static_cast<std::size_t>(place * size) % size];
}

void Colours::paint(const View& view, std::span<const std::uint32_t> counts,
                    std::span<const std::complex<double>> ends, std::span<std::uint8_t> rgb) const {
    for (std::size_t k = 0; k < counts.size(); ++k) {
        const bool left = counts[k] < view.max_iter;
        const Colour& colour = left ? at(smooth_count(counts[k], ends[k], view.c)) : inside_;
        std::copy(colour.begin(), colour.end(), rgb.begin() + static_cast<std::ptrdiff_t>(3 * k));
    }
}

std::array<Colour, 256> Colours::table(std::uint32_t max_iter) const {
    std::array<Colour, 256> table{};
    for (std::size_t k = 0; k < table.size(); ++k) {
        table[k] = at(static_cast<double>(k) * max_iter / 255 + 0.5);
    }
    table.back() = inside_;
    return table;
}

}  // namespace cohort::julia

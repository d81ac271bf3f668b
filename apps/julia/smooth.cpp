#include <julia/smooth.hpp>

#include <bit>
#include <cstddef>
#include <limits>

namespace cohort::julia {
namespace {

// To 1e-7, of a normal number above 0. Not the library's, whose last bits differ between machines.
double log2_of(double x) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const auto exponent = static_cast<double>(static_cast<std::int64_t>(bits >> 52) - 1023);
    const double m =
        std::bit_cast<double>((bits & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1023} << 52);
    // ln m = 2 artanh((m - 1) / (m + 1)), taken around sqrt 2, where the series converges fast.
    constexpr double root = 1.4142135623730951;
    const double t = (m - root) / (m + root);
    const double t2 = t * t;
    const double series = t * (1 + t2 * (1.0 / 3 + t2 * (1.0 / 5 + t2 * (1.0 / 7))));
    return exponent + 0.5 + series * (2 / 0.6931471805599453);
}

}  // namespace

double smooth_count(std::uint32_t n, std::complex<double> z, std::complex<double> c) noexcept {
    constexpr int further = 4;
    constexpr double far = 1e300;
    double re = z.real();
    double im = z.imag();
    for (int step = 0; step < further; ++step) {
        const double next = re * re - im * im + c.real();
        im = 2 * re * im + c.imag();
        re = next;
    }
    double square = re * re + im * im;
    square = square < far ? square : far;  // also where it is no number
    square = square > 4 ? square : 4;      // an odd c may bring z back
    return n + (further + 1) - log2_of(0.5 * log2_of(square));
}

void smooth_counts(const View& view, std::span<const std::uint32_t> counts,
                   std::span<const std::complex<double>> ends, std::span<float> smooth) noexcept {
    for (std::size_t k = 0; k < counts.size(); ++k)
        smooth[k] = counts[k] < view.max_iter ? static_cast<float>(smooth_count(counts[k], ends[k], view.c))
                                              : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace cohort::julia

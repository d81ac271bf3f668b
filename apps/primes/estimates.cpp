#include <primes/estimates.hpp>

#include <algorithm>
#include <cmath>

namespace cohort::primes {

namespace {

double end_of(Range numbers) noexcept {
    return static_cast<double>(numbers.first) + static_cast<double>(numbers.count);
}

double seconds_to_count_below(double x) noexcept {
    if (x < 1e6) return 0;
    const double log = std::log(x);
    return 1.5e-7 * std::cbrt(x) * std::cbrt(x) / (log * log);
}

double logarithmic_integral(double x) noexcept { return std::expint(std::log(x)); }

}  // namespace

double about_primes_to(double x) noexcept {
    if (x < 2) return 0;
    if (x < 4) return 1;
    return logarithmic_integral(x) - logarithmic_integral(std::sqrt(x)) / 2;
}

double about_primes_in(Range numbers) noexcept {
    if (numbers.empty()) return 0;
    // Far up a short range would drown in the rounding of its ends.
    const double density = 1 / std::log(std::max(end_of(numbers), 3.0));
    const double difference =
        about_primes_to(end_of(numbers)) - about_primes_to(static_cast<double>(numbers.first));
    return std::max(difference, static_cast<double>(numbers.count) * density);
}

std::uint64_t about_nth_prime(std::uint64_t n) noexcept {
    constexpr double most = 0x1.fffffffffffffp63;  // the largest double below 2^64
    const auto wanted = static_cast<double>(n);
    double x = std::max(2.0, wanted * std::log(std::max(wanted, 2.0)));
    for (int step = 0; step < 10; ++step) {
        x = std::clamp(x + (wanted - about_primes_to(x)) * std::log(x), 2.0, most);
    }
    return static_cast<std::uint64_t>(x);
}

double seconds_to_sieve(Range numbers) noexcept {
    const double decades = std::max(std::log10(std::max(end_of(numbers), 1.0)) - 10, 0.0);
    return static_cast<double>(numbers.count) * (1.0e-10 + 0.475e-10 * decades);
}

double numbers_to_start_sieve(double end) noexcept {
    const double root = std::sqrt(end);
    return 1.4 * root + std::min(9 * root, 2e7);
}

double seconds_to_count_combinatorially(Range numbers) noexcept {
    return seconds_to_count_below(static_cast<double>(numbers.first)) +
           seconds_to_count_below(end_of(numbers));
}

}  // namespace cohort::primes

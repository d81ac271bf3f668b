#include <primes/trial.hpp>
#include <primes/trial_kernel.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace cohort::primes {

namespace {

using trial::residues;
using trial::Shape;
using trial::turn;

// A quotient may be off by so much. Equal to half the window, it would wrap around or lie just above it.
constexpr double tolerance = trial::half_window * 0.999;
// From here on up to 2^32 division in doubles is exact where it has to be.
constexpr std::uint64_t first_in_doubles = std::uint64_t{1} << 14;

// From the fastest to the one that is good for the smallest candidates. Longer blocks would be off by rounding alone.
constexpr std::array<Shape, 8> shapes = {{{1024, 8, false},
                                          {512, 4, false},
                                          {512, 2, false},
                                          {512, 1, false},
                                          {256, 1, false},
                                          {64, 1, false},
                                          {32, 1, true},
                                          {8, 1, true}}};

// By how much quotients are off at most in blocks of candidates from `first` on: the sum in trial.hpp.
double error(const Shape& shape, std::uint64_t n, std::uint64_t first) noexcept {
    const auto d = static_cast<double>(first);
    const double half = shape.turns / 2;
    const double slope = 30 * static_cast<double>(n) / d / d;
    const double curvature = slope * 60 / d;
    const double change = curvature * 90 / d;
    const double doubles = std::ldexp(1 + slope * half, -47);
    if (shape.is_cubic) {
        const double turns = shape.turns;
        const double roundings = 1 + turns + turns * turns / 2 + turns * turns * turns / 6;
        return change * 120 / d * std::pow(half, 4) / 24 + std::ldexp(roundings, -33) + doubles;
    }
    const double chord = shape.kept == 1 ? 0 : curvature * shape.kept * shape.kept / 16;
    const double roundings = 1 + 2 * half + half * half / (2 * shape.kept);
    return change * std::pow(half, 3) / 6 + chord + std::ldexp(roundings, -33) + doubles;
}

const Shape* shape_from(std::uint64_t n, std::uint64_t first) noexcept {
    for (const Shape& shape : shapes) {
        if (first >= std::max(first_in_doubles, turn * shape.turns) && error(shape, n, first) < tolerance)
            return &shape;
    }
    return nullptr;
}

// Turns between two questions whether to stop: 5 to 40 us.
std::uint64_t turns_at_once(const Shape* shape) noexcept {
    if (shape == nullptr) return 512;
    return shape->turns <= 64 ? 4096 : 16384;
}

bool divides(std::uint64_t candidate, std::uint64_t n) noexcept {
    if (candidate < first_in_doubles) return n % candidate == 0;
    // The quotient is below 2^50, so two roundings move it by less than 1/4: it rounds to the true one if that is whole.
    // Signed, because those conversions are one instruction each.
    const double rounded =
        static_cast<double>(n) / static_cast<double>(static_cast<std::int64_t>(candidate)) + 0.5;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(rounded)) * candidate == n;
}

// One by one. 0 if there is none from `first` to `end` - 1.
std::uint64_t lowest_by_division(std::uint64_t n, std::uint64_t first, std::uint64_t end) noexcept {
    for (std::uint64_t base = first / turn * turn; base < end; base += turn) {
        for (const std::uint64_t residue : residues) {
            const std::uint64_t candidate = base + residue;
            if (candidate > 1 && candidate >= first && candidate < end && divides(candidate, n))
                return candidate;
        }
    }
    return 0;
}

trial::Kernel kernel_for([[maybe_unused]] Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return trial::avx512;
    if (isa == Isa::avx2) return trial::avx2;
#endif
    return trial::portable;
}

}  // namespace

std::uint64_t root(std::uint64_t n) noexcept {
    auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(n)));
    root = std::min<std::uint64_t>(root, 0xFFFF'FFFF);
    while (root * root > n) --root;
    while (root < 0xFFFF'FFFF && (root + 1) * (root + 1) <= n) ++root;
    return root;
}

std::uint64_t candidates_to(std::uint64_t last) noexcept {
    constexpr std::uint64_t primes_of_30 = 3;
    if (last < 7) return last < 2 ? 0 : last < 3 ? 1 : last < 5 ? 2 : 3;
    const auto in_last_turn =
        std::upper_bound(std::begin(residues), std::end(residues), last % turn) - std::begin(residues);
    // 1 is not a candidate.
    return primes_of_30 + last / turn * trial::residues_of_turn + static_cast<std::uint64_t>(in_last_turn) -
           1;
}

Trial smallest_factor_in(std::uint64_t n, Range range, const std::function<bool()>& stop, Isa isa) {
    const std::uint64_t end = range.first + range.count;
    const std::uint64_t before = range.first == 0 ? 0 : candidates_to(range.first - 1);
    const auto found = [&](std::uint64_t factor) { return Trial{factor, candidates_to(factor) - before}; };
    for (const std::uint64_t prime : {2U, 3U, 5U}) {
        if (range.contains(prime) && n % prime == 0) return found(prime);
    }
    const trial::Kernel kernel = kernel_for(isa);
    for (std::uint64_t at = range.first; at < end;) {
        if (stop()) return {std::nullopt, (at == 0 ? 0 : candidates_to(at - 1)) - before};
        const std::uint64_t whole_turns = at / turn * turn;
        const Shape* shape = shape_from(n, whole_turns);
        const std::uint64_t to = std::min(whole_turns + turn * turns_at_once(shape), end);
        const std::uint64_t factor =
            shape == nullptr ? lowest_by_division(n, at, to) : kernel({n, at, to, *shape});
        if (factor != 0) return found(factor);
        at = to;
    }
    return {std::nullopt, (end == 0 ? 0 : candidates_to(end - 1)) - before};
}

}  // namespace cohort::primes

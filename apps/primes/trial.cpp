#include <primes/trial.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace cohort::primes {

namespace {

constexpr std::uint64_t turn = 30;
constexpr std::array<std::uint64_t, 8> residues = {1, 7, 11, 13, 17, 19, 23, 29};

// From here on up to 2^32 division in doubles is exact where it has to be.
constexpr std::uint64_t first_fast = (std::uint64_t{1} << 14) / turn * turn + turn;
// Candidates between two questions whether to stop: some 10 us, where a division takes 1 to 5 ns.
constexpr std::uint64_t turns_at_once = 512;

bool is_candidate(std::uint64_t number) noexcept {
    return number == 2 || number == 3 || number == 5 ||
           (number > 1 && std::find(residues.begin(), residues.end(), number % turn) != residues.end());
}

// One by one, for small candidates and incomplete turns: `first` to `end` - 1.
Trial try_slowly(std::uint64_t n, std::uint64_t first, std::uint64_t end) noexcept {
    Trial trial;
    for (std::uint64_t candidate = first; candidate < end; ++candidate) {
        if (!is_candidate(candidate)) continue;
        ++trial.tried;
        if (n % candidate == 0) {
            trial.factor = candidate;
            break;
        }
    }
    return trial;
}

// Whole turns. True if any candidate from `first` to `end` - 1 divides n.
bool any_divides(std::uint64_t n, std::uint64_t first, std::uint64_t end) noexcept {
    const auto dividend = static_cast<double>(n);
    bool any = false;
    for (std::uint64_t base = first; base < end; base += turn) {
        for (const std::uint64_t residue : residues) {
            // Signed, because those conversions are one instruction each.
            const auto candidate = static_cast<std::int64_t>(base + residue);
            const double rounded = dividend / static_cast<double>(candidate) + 0.5;
            const auto quotient = static_cast<std::int64_t>(rounded);
            any |= static_cast<std::uint64_t>(quotient) * static_cast<std::uint64_t>(candidate) == n;
        }
    }
    return any;
}

void add(Trial& sum, const Trial& part) noexcept {
    sum.tried += part.tried;
    sum.factor = part.factor;
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
        std::upper_bound(residues.begin(), residues.end(), last % turn) - residues.begin();
    // 1 is not a candidate.
    return primes_of_30 + last / turn * residues.size() + static_cast<std::uint64_t>(in_last_turn) - 1;
}

Trial smallest_factor_in(std::uint64_t n, Range range, const std::function<bool()>& stop) {
    const std::uint64_t end = range.first + range.count;
    // Up to the first whole turn.
    const std::uint64_t fast = std::max((range.first + turn - 1) / turn * turn, first_fast);
    Trial trial = try_slowly(n, range.first, std::min(fast, end));
    if (trial.factor || end <= fast) return trial;

    const std::uint64_t fast_end = end / turn * turn;
    for (std::uint64_t at = fast; at < fast_end; at += turns_at_once * turn) {
        if (stop()) return trial;
        const std::uint64_t to = std::min(at + turns_at_once * turn, fast_end);
        if (any_divides(n, at, to)) {
            add(trial, try_slowly(n, at, to));
            return trial;
        }
        trial.tried += (to - at) / turn * residues.size();
    }
    add(trial, try_slowly(n, fast_end, end));
    return trial;
}

}  // namespace cohort::primes

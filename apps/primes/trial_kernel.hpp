// What the paths of trial division share: their form, and the run through a block, over any kind of lanes.
//
// Included by sources that are compiled for one instruction set; so there is nothing in here but plain structs and
// templates in an unnamed namespace (cmake/CohortIsa.cmake). What is computed, and why it is exact: trial.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cohort::primes::trial {

inline constexpr std::uint64_t turn = 30;
inline constexpr std::size_t residues_of_turn = 8;
inline constexpr std::uint32_t residues[residues_of_turn] = {1, 7, 11, 13, 17, 19, 23, 29};

// How a block is run through: a lane takes `turns` turns, a power of two and at least 8. The slope is renewed every
// `kept` turns (1, 2, 4 or 8), and with it, if `is_cubic`, the curvature; then `kept` is 1.
struct Shape {
    std::uint32_t turns;
    std::uint32_t kept;
    bool is_cubic;
};

// Quotients are kept modulo 1, in units of 2^-32, and half a window above. A quotient in the window may be whole.
inline constexpr std::uint32_t window = std::uint32_t{1} << 17;
inline constexpr double half_window = 1.0 / (1 << 16);

// The lowest divisor of n from `first` on that lies below `end`, or 0. Whole blocks are looked through, from the turn of
// `first` on until `end` or a divisor.
struct Search {
    std::uint64_t n;
    std::uint64_t first;
    std::uint64_t end;
    Shape shape;
};
using Kernel = std::uint64_t (*)(const Search& search);

extern const Kernel portable;
extern const Kernel avx2;
extern const Kernel avx512;

namespace {

// Turns between two looks at the window.
constexpr std::uint32_t turns_of_look = 8;

// n, as two doubles whose sum it is, and as one that is off by 2^-53 of it.
struct Dividend {
    explicit Dividend(std::uint64_t n)
        : whole(n),
          upper(static_cast<double>(n & ~low_bits)),
          lower(static_cast<double>(n & low_bits)),
          rounded(static_cast<double>(n)) {}

    static constexpr std::uint64_t low_bits = 0x7FF;
    std::uint64_t whole;
    double upper;
    double lower;
    double rounded;
};

// The quotients of a turn, one in a lane, and their differences.
template <typename Lanes>
struct Quotients {
    Lanes value;
    Lanes slope;
    Lanes curvature;
    Lanes change;  // of the curvature; unused unless cubic
};

// Eight lanes of quotients, in memory.
struct Starts {
    static constexpr std::size_t most_lanes = 2 * residues_of_turn;
    alignas(64) std::uint32_t value[most_lanes];
    alignas(64) std::uint32_t slope[most_lanes];
    alignas(64) std::uint32_t curvature[most_lanes];
    alignas(64) std::uint32_t change[most_lanes];
};

// Modulo 1, in units of 2^-32.
template <typename Reals>
void put(Reals number, std::uint32_t* to) {
    const Reals to_whole = Reals::all(0x1.8p52);
    (number - ((number + to_whole) - to_whole) + Reals::all(0x1.8p20)).store_low_halves(to);
}

// The polynomial that n / (base + residue + 30 t) is expanded to at t = turns / 2, as it begins at t = 0.
template <typename Reals, std::uint32_t kept, bool is_cubic>
void begin(const Dividend& n, std::uint64_t base, std::uint32_t turns, Starts& starts, std::size_t lane) {
    const auto all = [](double number) { return Reals::all(number); };
    const double half = turns / 2;
    const std::uint64_t middle = base + turn * (turns / 2);
    const Reals divisor = Reals::candidates(middle);
    const Reals reciprocal = all(1) / divisor;
    const Reals fraction = Reals::fraction(n, middle, divisor, reciprocal);
    const Reals slope = all(-30 * n.rounded) * (reciprocal * reciprocal);
    const Reals curvature = all(-60) * (slope * reciprocal);
    if constexpr (is_cubic) {
        const Reals change = all(-90) * (curvature * reciprocal);
        const Reals first_slope = slope - all(half) * curvature + all(half * half / 2) * change;
        const Reals first_curvature = curvature - all(half) * change;
        put(fraction - all(half) * slope + all(half * half / 2) * curvature -
                all(half * half * half / 6) * change + all(half_window),
            starts.value + lane);
        put(first_slope + all(0.5) * first_curvature + all(1.0 / 6) * change, starts.slope + lane);
        put(first_curvature + change, starts.curvature + lane);
        put(change, starts.change + lane);
    } else {
        // The curvature that it will have: a multiple of the unit.
        const Reals to_units = all(0x1.8p20);
        const Reals step = (all(kept) * curvature + to_units) - to_units;
        const Reals kept_curvature = all(1.0 / kept) * step;
        // Midway between the curve and its chord over the turns that the slope is kept.
        constexpr double chord = kept == 1 ? 0 : kept * kept / 16.0;
        put(fraction - all(half) * slope + all(half * half / 2 - chord) * kept_curvature + all(half_window),
            starts.value + lane);
        put(slope - all(half - kept / 2.0) * kept_curvature, starts.slope + lane);
        put(step, starts.curvature + lane);
    }
}

// One look's turns. seen(turn, lanes) is called for each.
template <std::uint32_t kept, bool is_cubic, typename Lanes, typename Seen>
[[gnu::always_inline]] inline void advance(Quotients<Lanes>& quotients, const Seen& seen) {
#pragma GCC unroll 8
    for (std::uint32_t t = 0; t < turns_of_look; ++t) {
        seen(t, quotients.value);
        quotients.value = quotients.value + quotients.slope;
        if (t % kept == kept - 1) quotients.slope = quotients.slope + quotients.curvature;
        if constexpr (is_cubic) quotients.curvature = quotients.curvature + quotients.change;
    }
}

// Divides where a quotient lies in the window. The lanes beyond the first eight are one lane's turns further on.
template <std::uint32_t kept, bool is_cubic, typename Lanes>
[[gnu::noinline, gnu::cold]] std::uint64_t confirm(Quotients<Lanes> quotients, const Search& search,
                                                   std::uint64_t base) {
    std::uint64_t lowest = 0;
    advance<kept, is_cubic>(quotients, [&](std::uint32_t t, const Lanes& value) {
        for (std::uint32_t below = value.mask_below_window(); below != 0; below &= below - 1) {
            const auto lane = static_cast<std::uint32_t>(__builtin_ctz(below));
            const std::uint64_t turns = t + lane / residues_of_turn * std::uint64_t{search.shape.turns};
            const std::uint64_t candidate = base + turn * turns + residues[lane % residues_of_turn];
            if (candidate < search.first || candidate >= search.end || search.n % candidate != 0) continue;
            if (lowest == 0 || candidate < lowest) lowest = candidate;
        }
    });
    return lowest;
}

template <typename Lanes, std::uint32_t kept, bool is_cubic>
std::uint64_t search_blocks(const Search& search) {
    constexpr std::size_t runs = Lanes::count / residues_of_turn;
    const std::uint32_t turns = search.shape.turns;
    const Dividend n(search.n);
    Starts starts{};
    for (std::uint64_t base = search.first / turn * turn; base < search.end; base += turn * turns * runs) {
        for (std::size_t run = 0; run < runs; ++run) {
            begin<typename Lanes::Reals, kept, is_cubic>(n, base + turn * turns * run, turns, starts,
                                                         run * residues_of_turn);
        }
        Quotients<Lanes> quotients = {Lanes::load_values(starts.value), Lanes::load(starts.slope),
                                      Lanes::load(starts.curvature), Lanes::load(starts.change)};
        std::uint64_t lowest = 0;
        for (std::uint32_t t = 0; t < turns; t += turns_of_look) {
            const Quotients<Lanes> before = quotients;
            typename Lanes::Seen seen;
            advance<kept, is_cubic>(quotients, [&](std::uint32_t, const Lanes& value) { seen.note(value); });
            if (__builtin_expect(seen.any(), 0)) {
                const std::uint64_t found = confirm<kept, is_cubic>(before, search, base + turn * t);
                if (found != 0 && (lowest == 0 || found < lowest)) lowest = found;
            }
        }
        if (lowest != 0) return lowest;
    }
    return 0;
}

template <typename Lanes>
std::uint64_t search_with(const Search& search) {
    if (search.shape.is_cubic) return search_blocks<Lanes, 1, true>(search);
    switch (search.shape.kept) {
        case 8: return search_blocks<Lanes, 8, false>(search);
        case 4: return search_blocks<Lanes, 4, false>(search);
        case 2: return search_blocks<Lanes, 2, false>(search);
        default: return search_blocks<Lanes, 1, false>(search);
    }
}

}  // namespace

}  // namespace cohort::primes::trial

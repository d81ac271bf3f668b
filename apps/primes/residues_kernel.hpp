// The tests and the elliptic curve that kernels run on several 64-bit numbers at once, over any field of residues.
//
// A Field<Lanes> has that many odd moduli above 2, and a Value for each: see residues.hpp. Values that are subtracted are
// products or sums of at most three.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cohort::primes::residues {

// Queues for a kernel have this many places, so lanes divide it: a queue that is not full is filled up to whole vectors.
// Few enough for a kernel to be through with them in 40 us.
inline constexpr std::size_t queue_places = 64;

// Arrays have a whole number of `lanes` entries.
struct Kernel {
    std::size_t lanes;
    // Whether odd n above 2 are primes or strong pseudoprimes to base 2. 64 multiplications and doublings of residues.
    void (*strong_base_2)(const std::uint64_t* n, std::size_t count, std::uint8_t* pass);
    // Whether n passes the extra strong Lucas test with Q = 1 and a small p, where p * p - 4 is no square modulo n: n is
    // below 2^64 - 1. 128 multiplications.
    void (*extra_strong_lucas)(const std::uint64_t* n, const std::uint64_t* p, std::size_t count,
                               std::uint8_t* pass);
    // A number that has factors in common with n that one elliptic curve, that of sigma, finds; n has no factor below 11.
    // Some 3800 multiplications.
    void (*elliptic_curve)(const std::uint64_t* n, const std::uint64_t* sigma, std::size_t count,
                           std::uint64_t* met);
};

extern const Kernel portable;
extern const Kernel avx2;
extern const Kernel avx512;

namespace {

// The place of the highest bit in any of them.
template <std::size_t Lanes>
unsigned highest_bit(const std::uint64_t* numbers) {
    std::uint64_t all = 1;
    for (std::size_t i = 0; i < Lanes; ++i) all |= numbers[i];
    return 63 - static_cast<unsigned>(__builtin_clzll(all));
}

inline std::uint64_t lowest_bit(std::uint64_t number) { return number & (0 - number); }

// The residues of small numbers, below 2^10.
template <typename Field>
typename Field::Value small(const Field& field, const std::uint64_t* numbers) {
    auto sum = Field::zero();
    for (unsigned place = highest_bit<Field::lanes>(numbers) + 1; place-- > 0;) {
        sum = field.add(sum, sum);
        sum = field.add(sum, Field::select(Field::zero(), field.one(), numbers, place));
    }
    return field.multiply(sum, field.one());
}

// The most zeros that an exponent ends with: from that place on powers are looked at.
template <std::size_t Lanes>
unsigned most_twos(const std::uint64_t* exponents) {
    std::uint64_t lowest = 0;
    for (std::size_t i = 0; i < Lanes; ++i) lowest |= lowest_bit(exponents[i]);
    return 63 - static_cast<unsigned>(__builtin_clzll(lowest));
}

// 1 or 0, for logic without branches, which would be guessed wrong.
inline std::uint64_t bit(bool is_so) { return static_cast<std::uint64_t>(is_so); }

// n - 1 = d 2^s: n passes if 2^d is 1, or 2^(d 2^r) is -1 for an r below s. The power of 2 is built from the bits of n - 1
// downwards, so that after the bit in place j it is 2^((n-1) >> j).
template <typename Field>
void strong_base_2_of(const std::uint64_t* n, std::uint8_t* pass) {
    constexpr std::size_t lanes = Field::lanes;
    const Field field(n);
    std::uint64_t exponents[lanes];
    for (std::size_t i = 0; i < lanes; ++i) exponents[i] = n[i] - 1;
    std::uint64_t one[lanes];
    std::uint64_t minus_one[lanes];
    field.store(field.one(), one);
    field.store(field.subtract(Field::zero(), field.one()), minus_one);
    auto power = field.one();
    unsigned place = highest_bit<lanes>(n);
    for (const unsigned twos = most_twos<lanes>(exponents); place > twos; --place) {
        power = field.square_and_double(power, exponents, place);
    }
    std::uint64_t passes[lanes] = {};
    for (; place > 0; --place) {
        power = field.square_and_double(power, exponents, place);
        std::uint64_t now[lanes];
        field.store(power, now);
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::uint64_t lowest = lowest_bit(exponents[i]);
            const std::uint64_t at = std::uint64_t{1} << place;
            passes[i] |= (bit(at == lowest) & bit(now[i] == one[i])) |
                         (bit(at <= lowest) & bit(now[i] == minus_one[i]));
        }
    }
    for (std::size_t i = 0; i < lanes; ++i) pass[i] = static_cast<std::uint8_t>(passes[i]);
}

// n + 1 = d 2^s: n passes if V(d) is 2 or -2 and U(d) is 0, or V(d 2^r) is 0 for an r below s - 1. V(k) and V(k+1) are built
// from the bits of n + 1 downwards; U(k) is 0 where 2 V(k+1) = p V(k), that is, where V(k+1) is p or -p if V(k) is 2 or -2.
template <typename Field>
void extra_strong_lucas_of(const std::uint64_t* n, const std::uint64_t* p, std::uint8_t* pass) {
    constexpr std::size_t lanes = Field::lanes;
    const Field field(n);
    std::uint64_t exponents[lanes];
    for (std::size_t i = 0; i < lanes; ++i) exponents[i] = n[i] + 1;
    const auto two = field.add(field.one(), field.one());
    const auto parameter = small(field, p);
    const auto minus_two = field.subtract(Field::zero(), two);
    const auto minus_p = field.subtract(Field::zero(), parameter);
    std::uint64_t first[2][lanes];  // that pass, and what has to follow
    std::uint64_t second[2][lanes];
    field.store(two, first[0]);
    field.store(parameter, second[0]);
    field.store(minus_two, first[1]);
    field.store(minus_p, second[1]);
    auto v = two;
    auto next = parameter;
    const auto step = [&](unsigned place) {
        const auto between = field.multiply_add(v, next, minus_p);
        const auto chosen = Field::select(v, next, exponents, place);
        const auto even = field.multiply_add(chosen, chosen, minus_two);
        v = Field::select(even, between, exponents, place);
        next = Field::select(between, even, exponents, place);
    };
    unsigned place = highest_bit<lanes>(exponents);
    for (const unsigned twos = most_twos<lanes>(exponents); place > twos; --place) step(place);
    std::uint64_t passes[lanes] = {};
    for (; place > 0; --place) {
        step(place);
        std::uint64_t now[lanes];
        std::uint64_t after[lanes];
        field.store(v, now);
        field.store(next, after);
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::uint64_t lowest = lowest_bit(exponents[i]);
            const std::uint64_t at = std::uint64_t{1} << place;
            const auto is = [&](unsigned sign) {
                return bit(now[i] == first[sign][i]) & bit(after[i] == second[sign][i]);
            };
            const std::uint64_t is_zero = bit(now[i] == 0) & bit(place > 1);
            passes[i] |= (bit(at == lowest) & (is(0) | is(1))) | (bit(at <= lowest) & is_zero);
        }
    }
    for (std::size_t i = 0; i < lanes; ++i) pass[i] = static_cast<std::uint8_t>(passes[i]);
}

}  // namespace

}  // namespace cohort::primes::residues

// The tests and the elliptic curve that kernels run on several 64-bit numbers at once, over any field of residues.
//
// A Field<Lanes> has that many odd moduli above 2, and a Value for each: see residues.hpp. Values that are subtracted are
// products or sums of at most three.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cohort::primes::residues {

// Queues for a kernel have this many places, so lanes divide it: a queue that is not full is filled up to whole vectors.
inline constexpr std::size_t queue_places = 256;

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

// The residues of small numbers, below 2^10.
template <typename Field>
typename Field::Value small(const Field& field, const std::uint64_t* numbers) {
    auto with_one = field.one();
    auto zero = field.subtract(field.one(), field.one());
    auto sum = zero;
    for (unsigned place = 10; place-- > 0;) {
        sum = field.multiply(field.add(sum, sum), field.one());  // keeps it small
        auto none = zero;
        Field::swap_where(none, with_one, numbers, place);
        sum = field.add(sum, none);
        with_one = field.one();
    }
    return field.multiply(sum, field.one());
}

// n - 1 = d 2^s: n passes if 2^d is 1, or 2^(d 2^r) is -1 for an r below s. The power of 2 is built from the bits of n - 1
// downwards, so that after the bit in place j it is 2^((n-1) >> j).
template <typename Field>
void strong_base_2_of(const std::uint64_t* n, std::uint8_t* pass) {
    constexpr std::size_t lanes = Field::lanes;
    const Field field(n);
    std::uint64_t exponents[lanes];
    std::uint64_t numbers[lanes];
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < lanes; ++i) {
        exponents[i] = n[i] - 1;
        any |= exponents[i] & (0 - exponents[i]);
        pass[i] = 0;
    }
    const unsigned most_twos = 63 - static_cast<unsigned>(__builtin_clzll(any));
    auto power = field.one();
    for (unsigned place = highest_bit<lanes>(n); place > 0; --place) {
        power = field.square_and_double(power, exponents, place);
        if (place > most_twos) continue;
        field.store(power, numbers);
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::uint64_t lowest = exponents[i] & (0 - exponents[i]);
            const std::uint64_t at = std::uint64_t{1} << place;
            const bool passes = (at == lowest && numbers[i] == 1) || (at <= lowest && numbers[i] == n[i] - 1);
            pass[i] = static_cast<std::uint8_t>(pass[i] | static_cast<std::uint8_t>(passes));
        }
    }
}

// n + 1 = d 2^s: n passes if V(d) is 2 or -2 and U(d) is 0, or V(d 2^r) is 0 for an r below s - 1. V(k) and V(k+1) are built
// from the bits of n + 1 downwards; U(k) is 0 where 2 V(k+1) = p V(k).
template <typename Field>
void extra_strong_lucas_of(const std::uint64_t* n, const std::uint64_t* p, std::uint8_t* pass) {
    constexpr std::size_t lanes = Field::lanes;
    const Field field(n);
    std::uint64_t exponents[lanes];
    std::uint64_t first[lanes];
    std::uint64_t twice_second[lanes];
    std::uint64_t p_first[lanes];
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < lanes; ++i) {
        exponents[i] = n[i] + 1;
        any |= exponents[i] & (0 - exponents[i]);
        pass[i] = 0;
    }
    const unsigned most_twos = 63 - static_cast<unsigned>(__builtin_clzll(any));
    const auto zero = field.subtract(field.one(), field.one());
    const auto two = field.add(field.one(), field.one());
    const auto parameter = small(field, p);
    const auto minus_two = field.subtract(zero, two);
    const auto minus_p = field.subtract(zero, parameter);
    auto v = two;
    auto next = parameter;
    for (unsigned place = highest_bit<lanes>(exponents); place > 1 || (place == 1 && most_twos >= 1);
         --place) {
        Field::swap_where(v, next, exponents, place);
        next = field.multiply_add(v, next, minus_p);
        v = field.multiply_add(v, v, minus_two);
        Field::swap_where(v, next, exponents, place);
        if (place > most_twos) continue;
        field.store(v, first);
        field.store(field.add(next, next), twice_second);
        field.store(field.multiply(parameter, v), p_first);
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::uint64_t lowest = exponents[i] & (0 - exponents[i]);
            const std::uint64_t at = std::uint64_t{1} << place;
            const bool is_two =
                at == lowest && (first[i] == 2 || first[i] == n[i] - 2) && twice_second[i] == p_first[i];
            const bool passes = is_two || (at <= lowest && place > 1 && first[i] == 0);
            pass[i] = static_cast<std::uint8_t>(pass[i] | static_cast<std::uint8_t>(passes));
        }
    }
}

}  // namespace

}  // namespace cohort::primes::residues

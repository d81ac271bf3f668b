// MWC52: multiply-with-carry to base b = 2^52, the width that processors with IFMA multiply in one operation.
//
// Word n + 2 is (a * word n + carry) mod b, and the next carry what that division by b leaves: two multiplications and
// an addition for 52 bits. It is the linear congruential generator Y' = Y / b modulo the prime p = a b^2 - 1, where
// Y = word n + word n+1 * b + carry * b^2, and word n is Y mod b. So state n is Y_0 * b^-n mod p, and is reached from
// anywhere in a few multiplications modulo p.
//
// The period is (p - 1) / 2 = 2^154.7, itself a prime. Darts 0 to 2^64 - 1 of a seed are 2^65 words of it. A seed begins
// at a state that Philox chooses, so two seeds have a word in common with a probability below 2^-89.
//
// Source: Marsaglia and Zaman, A new class of random number generators, Annals of Applied Probability 1 (1991);
// Couture and L'Ecuyer, Distribution properties of multiply-with-carry random number generators, Mathematics of
// Computation 66 (1997).
#pragma once

#include <cohort/plan/index.hpp>
#include <cohort/plan/seed.hpp>
#include <common/isa.hpp>
#include <pi/mwc52_lanes.hpp>

#include <cstdint>

namespace cohort::pi::mwc52 {

inline constexpr std::uint64_t mask = (std::uint64_t{1} << bits) - 1;

// Y, neither 0 nor p: the next two words, both below b, and the carry, below a.
struct State {
    std::uint64_t word = 0;
    std::uint64_t next = 0;
    std::uint64_t carry = 0;

    friend constexpr bool operator==(const State&, const State&) = default;
};

// Local. Y / b modulo p: the state a word later.
[[nodiscard]] constexpr State after(const State& y) noexcept {
    const Wide sum = Wide{multiplier} * y.word + y.carry;
    return {y.next, static_cast<std::uint64_t>(sum) & mask, static_cast<std::uint64_t>(sum >> bits)};
}

// Local. Y times z b^-3 modulo p. Twelve multiplications of words.
[[nodiscard]] constexpr State multiply(const State& y, const State& z) noexcept {
    // Montgomery's reduction: as p is -1 modulo b, each low word is cleared by adding itself times p, which is one word
    // times a, two words up.
    const Wide t0 = Wide{y.word} * z.word;
    const Wide t1 = Wide{y.word} * z.next + Wide{y.next} * z.word + (t0 >> bits);
    const Wide t2 = Wide{y.word} * z.carry + Wide{y.next} * z.next + Wide{y.carry} * z.word + (t1 >> bits) +
                    (t0 & mask) * multiplier;
    const Wide t3 = Wide{y.next} * z.carry + Wide{y.carry} * z.next + (t2 >> bits) + (t1 & mask) * multiplier;
    const Wide t4 = Wide{y.carry} * z.carry + (t3 >> bits) + (t2 & mask) * multiplier;
    const auto carry = static_cast<std::uint64_t>(t4 >> bits);
    // Below 2p: p is a b^2 less 1.
    const std::uint64_t is_large = carry >= multiplier ? 1 : 0;
    const std::uint64_t word = (static_cast<std::uint64_t>(t3) & mask) + is_large;
    const std::uint64_t next = (static_cast<std::uint64_t>(t4) & mask) + (word >> bits);
    return {word & mask, next & mask, carry - is_large * multiplier + (next >> bits)};
}

// Local. Y times b modulo p: the state before.
[[nodiscard]] constexpr State times_base(const State& y) noexcept {
    // (next + carry b) b^2 = quotient a b^2 + rest b^2, and a b^2 is 1 modulo p.
    const Wide upper = Wide{y.carry} << bits | y.next;
    return {static_cast<std::uint64_t>(upper / multiplier), y.word,
            static_cast<std::uint64_t>(upper % multiplier)};
}

// Local. The state at the first dart of a seed: word and next are the upper 52 bits of the first two numbers of
// Random(seed, 52, 0), carry is 1 + below(a - 2).
[[nodiscard]] State start(Seed seed) noexcept;

// Local. b^-2n b^3 modulo p: what multiply() takes to go over `darts` darts of two words. At most 16 multiplications.
[[nodiscard]] State jump(std::uint64_t darts) noexcept;

// Local. The kernel for an instruction set.
[[nodiscard]] const Kernel& kernel_for(Isa isa) noexcept;

}  // namespace cohort::pi::mwc52

// Arithmetic modulo several odd 64-bit numbers at once: Montgomery residues in machine words, R = 2^64.
//
// A multiplication is three multiplications of words that wait for each other, some 15 cycles, but could begin every five:
// so `Lanes` moduli go side by side. A residue is always below its modulus. What depends on data is chosen by conditional
// moves: a branch would be guessed wrong half of the time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cohort::primes::residues {

namespace {

__extension__ typedef unsigned __int128 Wide;

template <std::size_t Lanes>
class WordField {
  public:
    static constexpr std::size_t lanes = Lanes;
    struct Value {
        std::uint64_t words[Lanes];
    };

    explicit WordField(const std::uint64_t* moduli) {
        for (std::size_t i = 0; i < Lanes; ++i) {
            n_[i] = moduli[i];
            one_.words[i] = (0 - moduli[i]) % moduli[i];
            std::uint64_t inverse = (3 * moduli[i]) ^ 2;  // right in five bits, and each step doubles them
            for (int step = 0; step < 4; ++step) inverse *= 2 - inverse * moduli[i];
            inverse_[i] = inverse;
        }
    }

    [[nodiscard]] const Value& one() const { return one_; }
    [[nodiscard]] static Value zero() { return {}; }
    [[nodiscard]] Value multiply(const Value& a, const Value& b) const {
        Value result;
        for (std::size_t i = 0; i < Lanes; ++i) {
            const Wide product = Wide{a.words[i]} * b.words[i];
            result.words[i] =
                reduced(i, static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product));
        }
        return result;
    }
    // a * b + c
    [[nodiscard]] Value multiply_add(const Value& a, const Value& b, const Value& c) const {
        Value result;
        for (std::size_t i = 0; i < Lanes; ++i) {
            const Wide product = Wide{a.words[i]} * b.words[i];
            const std::uint64_t high = sum(i, static_cast<std::uint64_t>(product >> 64), c.words[i]);
            result.words[i] = reduced(i, high, static_cast<std::uint64_t>(product));
        }
        return result;
    }
    [[nodiscard]] Value add(const Value& a, const Value& b) const {
        Value result;
        for (std::size_t i = 0; i < Lanes; ++i) result.words[i] = sum(i, a.words[i], b.words[i]);
        return result;
    }
    [[nodiscard]] Value subtract(const Value& a, const Value& b) const {
        Value result;
        for (std::size_t i = 0; i < Lanes; ++i) {
            result.words[i] = difference(i, a.words[i], b.words[i]);
        }
        return result;
    }
    // a * a, and twice that in the lanes whose exponent has bit `place`.
    [[nodiscard]] Value square_and_double(const Value& a, const std::uint64_t* exponents,
                                          unsigned place) const {
        const Value square = multiply(a, a);
        return select(square, add(square, square), exponents, place);
    }
    // a or, in the lanes whose exponent has bit `place`, b.
    static Value select(const Value& a, const Value& b, const std::uint64_t* exponents, unsigned place) {
        Value result;
        for (std::size_t i = 0; i < Lanes; ++i) {
            result.words[i] = chosen(exponents[i], place, a.words[i], b.words[i]);
        }
        return result;
    }
    // Numbers below the moduli that are equal where residues are; they have the residue's factors in common with it.
    void store(const Value& a, std::uint64_t* numbers) const {
        for (std::size_t i = 0; i < Lanes; ++i) numbers[i] = a.words[i];
    }

  private:
    // (high * 2^64 + low) / 2^64, where high is below the modulus.
    [[nodiscard]] std::uint64_t reduced(std::size_t i, std::uint64_t high, std::uint64_t low) const {
        const auto taken = static_cast<std::uint64_t>((Wide{low * inverse_[i]} * n_[i]) >> 64);
        return difference(i, high, taken);
    }
    [[nodiscard]] std::uint64_t sum(std::size_t i, std::uint64_t a, std::uint64_t b) const {
        const std::uint64_t room = n_[i] - b;  // so that nothing overflows
        return difference(i, a, room);
    }
    // GCC 12 writes half as many instructions again for these two as they need.
    [[nodiscard]] std::uint64_t difference(std::size_t i, std::uint64_t a, std::uint64_t b) const {
#if defined(__x86_64__) && !defined(__clang__)
        std::uint64_t wrapped;
        asm("sub %[b], %[a]\n\tlea (%[a],%[n]), %[wrapped]\n\tcmovc %[wrapped], %[a]"
            : [a] "+&r"(a), [wrapped] "=&r"(wrapped)
            : [b] "rm"(b), [n] "r"(n_[i])
            : "cc");
        return a;
#else
        return a - b + (a < b ? n_[i] : 0);
#endif
    }
    [[nodiscard]] static std::uint64_t chosen(std::uint64_t exponent, unsigned place, std::uint64_t a,
                                              std::uint64_t b) {
#if defined(__x86_64__) && !defined(__clang__)
        asm("bt %[place], %[exponent]\n\tcmovc %[b], %[a]"
            : [a] "+r"(a)
            : [place] "r"(std::uint64_t{place}), [exponent] "r"(exponent), [b] "rm"(b)
            : "cc");
        return a;
#else
        return ((exponent >> place) & 1) != 0 ? b : a;
#endif
    }

    std::uint64_t n_[Lanes];
    std::uint64_t inverse_[Lanes];
    Value one_;
};

}  // namespace

}  // namespace cohort::primes::residues

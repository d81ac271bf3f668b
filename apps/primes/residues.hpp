// Arithmetic modulo several odd 64-bit numbers at once: Montgomery residues in machine words, R = 2^64.
//
// A multiplication is three multiplications of words that wait for each other, some 15 cycles, but could begin every six:
// so `Lanes` moduli go side by side. A residue is always below its modulus.
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
        return add(multiply(a, b), c);
    }
    [[nodiscard]] Value add(const Value& a, const Value& b) const {
        Value result;
        for (std::size_t i = 0; i < Lanes; ++i) result.words[i] = sum(i, a.words[i], b.words[i]);
        return result;
    }
    [[nodiscard]] Value subtract(const Value& a, const Value& b) const {
        Value result;
        for (std::size_t i = 0; i < Lanes; ++i) {
            result.words[i] = a.words[i] - b.words[i] + (a.words[i] < b.words[i] ? n_[i] : 0);
        }
        return result;
    }
    // a * a, and twice that in the lanes whose exponent has bit `place`.
    [[nodiscard]] Value square_and_double(const Value& a, const std::uint64_t* exponents,
                                          unsigned place) const {
        Value result = multiply(a, a);
        for (std::size_t i = 0; i < Lanes; ++i) {
            const std::uint64_t mask = 0 - ((exponents[i] >> place) & 1);
            result.words[i] = sum(i, result.words[i], result.words[i] & mask);
        }
        return result;
    }
    // Exchanges a and b in the lanes whose exponent has bit `place`.
    static void swap_where(Value& a, Value& b, const std::uint64_t* exponents, unsigned place) {
        for (std::size_t i = 0; i < Lanes; ++i) {
            const std::uint64_t change = (a.words[i] ^ b.words[i]) & (0 - ((exponents[i] >> place) & 1));
            a.words[i] ^= change;
            b.words[i] ^= change;
        }
    }
    // The numbers that residues stand for.
    void store(const Value& a, std::uint64_t* numbers) const {
        for (std::size_t i = 0; i < Lanes; ++i) numbers[i] = reduced(i, 0, a.words[i]);
    }

  private:
    // (high * 2^64 + low) / 2^64, where high is below the modulus.
    [[nodiscard]] std::uint64_t reduced(std::size_t i, std::uint64_t high, std::uint64_t low) const {
        const auto taken = static_cast<std::uint64_t>((Wide{low * inverse_[i]} * n_[i]) >> 64);
        return high - taken + (high < taken ? n_[i] : 0);
    }
    [[nodiscard]] std::uint64_t sum(std::size_t i, std::uint64_t a, std::uint64_t b) const {
        const std::uint64_t room = n_[i] - b;  // so that nothing overflows
        return a - room + (a < room ? n_[i] : 0);
    }

    std::uint64_t n_[Lanes];
    std::uint64_t inverse_[Lanes];
    Value one_;
};

}  // namespace

}  // namespace cohort::primes::residues

// Residues by AVX-512 IFMA: eight lanes a vector, two limbs of 52 bits, R = 2^104.
//
// R is so much larger than any modulus n that nothing is reduced: a product of factors below 64n each, or of one below 1024n and
// one below 4n, is below 1.01 n before anything is added to it, and differences are kept positive by adding 4n. A multiplication is 17 multiplications of limbs
// and 7 other operations; they wait for each other for 36 cycles where a multiplication takes 4 and the others 1, so several
// vectors go side by side.

#if defined(__x86_64__)

// GCC 12 takes the undefined registers in its own intrinsics for uninitialised variables.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#pragma GCC diagnostic ignored "-Wuninitialized"

#include <primes/curve_kernel.hpp>

#include <immintrin.h>

namespace cohort::primes::residues {

namespace {

template <std::size_t Lanes>
class LimbField {
  public:
    static constexpr std::size_t lanes = Lanes;
    static constexpr std::size_t vectors = Lanes / 8;
    static_assert(Lanes % 8 == 0);
    // low is below 2^52.
    struct Value {
        __m512i low[vectors];
        __m512i high[vectors];
    };

    explicit LimbField(const std::uint64_t* moduli) {
        const __m512i one = _mm512_set1_epi64(1);
        const __m512i two = _mm512_set1_epi64(2);
        for (std::size_t i = 0; i < vectors; ++i) {
            const __m512i n = _mm512_loadu_si512(moduli + 8 * i);
            low_[i] = lower(n);
            high_[i] = upper(n);
            four_low_[i] = lower(_mm512_slli_epi64(n, 2));
            four_high_[i] = _mm512_srli_epi64(n, 50);
            // Right in five bits, and each step doubles them.
            __m512i inverse = _mm512_xor_si512(_mm512_add_epi64(_mm512_add_epi64(n, n), n), two);
            for (int step = 0; step < 4; ++step) {
                inverse = _mm512_mullo_epi64(inverse, _mm512_sub_epi64(two, _mm512_mullo_epi64(inverse, n)));
            }
            minus_inverse_[i] = lower(_mm512_sub_epi64(_mm512_setzero_si512(), inverse));
            // 2^104 modulo n, by doubling from the largest power of 2 below n.
            const __m512i zeros = _mm512_lzcnt_epi64(n);
            __m512i power = _mm512_sllv_epi64(one, _mm512_sub_epi64(_mm512_set1_epi64(63), zeros));
            __m512i left = _mm512_add_epi64(_mm512_set1_epi64(104 - 63), zeros);
            for (__mmask8 more = 0xFF; more != 0; more = _mm512_test_epi64_mask(left, left)) {
                const __m512i room = _mm512_sub_epi64(n, power);
                const __mmask8 above = _mm512_mask_cmpge_epu64_mask(more, power, room);
                const __mmask8 within = static_cast<__mmask8>(more & ~above);
                const __m512i before = power;
                power = _mm512_mask_sub_epi64(power, above, before, room);
                power = _mm512_mask_add_epi64(power, within, before, before);
                left = _mm512_mask_sub_epi64(left, more, left, one);
            }
            one_.low[i] = lower(power);
            one_.high[i] = upper(power);
        }
    }

    [[nodiscard]] const Value& one() const { return one_; }
    [[nodiscard]] static Value zero() {
        Value zeros;
        for (std::size_t i = 0; i < vectors; ++i) zeros.low[i] = zeros.high[i] = _mm512_setzero_si512();
        return zeros;
    }
    [[nodiscard]] Value multiply(const Value& a, const Value& b) const {
        Value result;
        for (std::size_t i = 0; i < vectors; ++i) carried(result, i, product(i, a, b));
        return result;
    }
    [[nodiscard]] Value multiply_add(const Value& a, const Value& b, const Value& c) const {
        Value result;
        for (std::size_t i = 0; i < vectors; ++i) {
            const Columns ab = product(i, a, b);
            carried(result, i, {_mm512_add_epi64(ab.low, c.low[i]), _mm512_add_epi64(ab.high, c.high[i])});
        }
        return result;
    }
    [[nodiscard]] Value add(const Value& a, const Value& b) const {
        Value result;
        for (std::size_t i = 0; i < vectors; ++i) {
            carried(result, i,
                    {_mm512_add_epi64(a.low[i], b.low[i]), _mm512_add_epi64(a.high[i], b.high[i])});
        }
        return result;
    }
    // b is below 4n.
    [[nodiscard]] Value subtract(const Value& a, const Value& b) const {
        Value result;
        for (std::size_t i = 0; i < vectors; ++i) {
            carried(result, i,
                    {_mm512_sub_epi64(_mm512_add_epi64(a.low[i], four_low_[i]), b.low[i]),
                     _mm512_sub_epi64(_mm512_add_epi64(a.high[i], four_high_[i]), b.high[i])});
        }
        return result;
    }
    [[nodiscard]] Value square_and_double(const Value& a, const std::uint64_t* exponents,
                                          unsigned place) const {
        Value result;
        for (std::size_t i = 0; i < vectors; ++i) {
            const __mmask8 where = has_bit(exponents + 8 * i, place);
            const Columns square = product(i, a, a);
            carried(result, i,
                    {_mm512_mask_add_epi64(square.low, where, square.low, square.low),
                     _mm512_mask_add_epi64(square.high, where, square.high, square.high)});
        }
        return result;
    }
    static Value select(const Value& a, const Value& b, const std::uint64_t* exponents, unsigned place) {
        Value result;
        for (std::size_t i = 0; i < vectors; ++i) {
            const __mmask8 where = has_bit(exponents + 8 * i, place);
            result.low[i] = _mm512_mask_mov_epi64(a.low[i], where, b.low[i]);
            result.high[i] = _mm512_mask_mov_epi64(a.high[i], where, b.high[i]);
        }
        return result;
    }
    void store(const Value& a, std::uint64_t* numbers) const {
        Value unit;
        for (std::size_t i = 0; i < vectors; ++i) {
            unit.low[i] = _mm512_set1_epi64(1);
            unit.high[i] = _mm512_setzero_si512();
        }
        const Value plain = multiply(a, unit);  // at most n
        for (std::size_t i = 0; i < vectors; ++i) {
            const __m512i number = _mm512_or_si512(plain.low[i], _mm512_slli_epi64(plain.high[i], 52));
            const __m512i n = _mm512_or_si512(low_[i], _mm512_slli_epi64(high_[i], 52));
            _mm512_storeu_si512(numbers + 8 * i,
                                _mm512_mask_sub_epi64(number, _mm512_cmpeq_epi64_mask(number, n), number, n));
        }
    }

  private:
    struct Columns {
        __m512i low;  // may be more than 52 bits
        __m512i high;
    };

    static __m512i lower(__m512i a) {
        return _mm512_and_si512(a, _mm512_set1_epi64((std::int64_t{1} << 52) - 1));
    }
    static __m512i upper(__m512i a) { return _mm512_srli_epi64(a, 52); }
    static __mmask8 has_bit(const std::uint64_t* exponents, unsigned place) {
        return _mm512_test_epi64_mask(
            _mm512_loadu_si512(exponents),
            _mm512_set1_epi64(static_cast<std::int64_t>(std::uint64_t{1} << place)));
    }
    static void carried(Value& to, std::size_t i, Columns sums) {
        to.low[i] = lower(sums.low);
        to.high[i] = _mm512_add_epi64(sums.high, _mm512_srai_epi64(sums.low, 52));
    }
    // a * b / R. Upper limbs are below 2^24, so the fourth column has nothing but what is taken off.
    [[nodiscard]] Columns product(std::size_t i, const Value& a, const Value& b) const {
        const __m512i zero = _mm512_setzero_si512();
        __m512i column0 = _mm512_madd52lo_epu64(zero, a.low[i], b.low[i]);
        __m512i column1 = _mm512_madd52hi_epu64(zero, a.low[i], b.low[i]);
        column1 = _mm512_madd52lo_epu64(column1, a.low[i], b.high[i]);
        column1 = _mm512_madd52lo_epu64(column1, a.high[i], b.low[i]);
        __m512i column2 = _mm512_madd52hi_epu64(zero, a.low[i], b.high[i]);
        column2 = _mm512_madd52hi_epu64(column2, a.high[i], b.low[i]);
        column2 = _mm512_madd52lo_epu64(column2, a.high[i], b.high[i]);

        __m512i multiple = _mm512_madd52lo_epu64(zero, column0, minus_inverse_[i]);
        column0 = _mm512_madd52lo_epu64(column0, multiple, low_[i]);
        column1 = _mm512_madd52hi_epu64(column1, multiple, low_[i]);
        column1 = _mm512_madd52lo_epu64(column1, multiple, high_[i]);
        column2 = _mm512_madd52hi_epu64(column2, multiple, high_[i]);
        column1 = _mm512_add_epi64(column1, upper(column0));

        multiple = _mm512_madd52lo_epu64(zero, column1, minus_inverse_[i]);
        column1 = _mm512_madd52lo_epu64(column1, multiple, low_[i]);
        column2 = _mm512_madd52hi_epu64(column2, multiple, low_[i]);
        column2 = _mm512_madd52lo_epu64(column2, multiple, high_[i]);
        const __m512i column3 = _mm512_madd52hi_epu64(zero, multiple, high_[i]);
        return {_mm512_add_epi64(column2, upper(column1)), column3};
    }

    __m512i low_[vectors];
    __m512i high_[vectors];
    __m512i four_low_[vectors];
    __m512i four_high_[vectors];
    __m512i minus_inverse_[vectors];
    Value one_;
};

}  // namespace

const Kernel avx512 = kernel_of<LimbField, 32, 16>();

}  // namespace cohort::primes::residues

#endif

// Trial division by AVX-512: a vector is 16 quotients, a turn of one run and the same turn of the run after it.

#if defined(__x86_64__)

// GCC 12 takes the undefined registers in its own intrinsics for uninitialised variables.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#pragma GCC diagnostic ignored "-Wuninitialized"

#include <primes/trial_kernel.hpp>

#include <immintrin.h>

namespace cohort::primes::trial {

namespace {

struct EightReals {
    __m512d numbers;

    static EightReals all(double number) { return {_mm512_set1_pd(number)}; }
    static EightReals candidates(std::uint64_t base) {
        return all(static_cast<double>(base)) + EightReals{_mm512_setr_pd(1, 7, 11, 13, 17, 19, 23, 29)};
    }
    static EightReals fraction(const Dividend& n, std::uint64_t /*base*/, const EightReals& divisor,
                               const EightReals& reciprocal) {
        const __m512d upper = _mm512_set1_pd(n.upper);
        const __m512d quotient = _mm512_roundscale_pd(_mm512_mul_pd(upper, reciprocal.numbers),
                                                      _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        const __m512d remainder = _mm512_fnmadd_pd(quotient, divisor.numbers, upper);
        return {_mm512_mul_pd(_mm512_add_pd(remainder, _mm512_set1_pd(n.lower)), reciprocal.numbers)};
    }
    void store_low_halves(std::uint32_t* to) const {
        _mm256_store_si256(reinterpret_cast<__m256i*>(to),
                           _mm512_cvtepi64_epi32(_mm512_castpd_si512(numbers)));
    }

    friend EightReals operator+(const EightReals& a, const EightReals& b) {
        return {_mm512_add_pd(a.numbers, b.numbers)};
    }
    friend EightReals operator-(const EightReals& a, const EightReals& b) {
        return {_mm512_sub_pd(a.numbers, b.numbers)};
    }
    friend EightReals operator*(const EightReals& a, const EightReals& b) {
        return {_mm512_mul_pd(a.numbers, b.numbers)};
    }
    friend EightReals operator/(const EightReals& a, const EightReals& b) {
        return {_mm512_div_pd(a.numbers, b.numbers)};
    }
};

struct SixteenLanes {
    using Reals = EightReals;
    static constexpr std::size_t count = 16;
    __m512i lanes;

    struct Seen {
        __m512i least = _mm512_set1_epi32(-1);
        void note(SixteenLanes value) { least = _mm512_min_epu32(least, value.lanes); }
        [[nodiscard]] bool any() const { return SixteenLanes{least}.mask_below_window() != 0; }
    };

    static SixteenLanes load_values(const std::uint32_t* from) { return load(from); }
    static SixteenLanes load(const std::uint32_t* from) { return {_mm512_load_si512(from)}; }
    [[nodiscard]] std::uint32_t mask_below_window() const {
        return _mm512_cmplt_epu32_mask(lanes, _mm512_set1_epi32(window));
    }
    friend SixteenLanes operator+(SixteenLanes a, SixteenLanes b) {
        return {_mm512_add_epi32(a.lanes, b.lanes)};
    }
};

}  // namespace

const Kernel avx512 = search_with<SixteenLanes>;

}  // namespace cohort::primes::trial

#endif

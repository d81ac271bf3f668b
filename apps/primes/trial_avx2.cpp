// Trial division by AVX2 and FMA: a turn is a vector of 8 quotients.

#if defined(__x86_64__)

#include <primes/trial_kernel.hpp>

#include <immintrin.h>

namespace cohort::primes::trial {

namespace {

// Eight doubles: those of lanes 0, 1, 4, 5 and of lanes 2, 3, 6, 7, so that a shuffle joins their halves in order.
struct EightReals {
    __m256d outer;
    __m256d inner;

    static EightReals all(double number) { return {_mm256_set1_pd(number), _mm256_set1_pd(number)}; }
    static EightReals candidates(std::uint64_t base) {
        return all(static_cast<double>(base)) +
               EightReals{_mm256_setr_pd(1, 7, 17, 19), _mm256_setr_pd(11, 13, 23, 29)};
    }
    static EightReals fraction(const Dividend& n, std::uint64_t /*base*/, const EightReals& divisor,
                               const EightReals& reciprocal) {
        return {fraction(n, divisor.outer, reciprocal.outer), fraction(n, divisor.inner, reciprocal.inner)};
    }
    void store_low_halves(std::uint32_t* to) const {
        const __m256 halves = _mm256_shuffle_ps(_mm256_castpd_ps(outer), _mm256_castpd_ps(inner), 0x88);
        _mm256_store_si256(reinterpret_cast<__m256i*>(to), _mm256_castps_si256(halves));
    }

    friend EightReals operator+(const EightReals& a, const EightReals& b) {
        return {_mm256_add_pd(a.outer, b.outer), _mm256_add_pd(a.inner, b.inner)};
    }
    friend EightReals operator-(const EightReals& a, const EightReals& b) {
        return {_mm256_sub_pd(a.outer, b.outer), _mm256_sub_pd(a.inner, b.inner)};
    }
    friend EightReals operator*(const EightReals& a, const EightReals& b) {
        return {_mm256_mul_pd(a.outer, b.outer), _mm256_mul_pd(a.inner, b.inner)};
    }
    friend EightReals operator/(const EightReals& a, const EightReals& b) {
        return {_mm256_div_pd(a.outer, b.outer), _mm256_div_pd(a.inner, b.inner)};
    }

  private:
    static __m256d fraction(const Dividend& n, __m256d divisor, __m256d reciprocal) {
        const __m256d upper = _mm256_set1_pd(n.upper);
        const __m256d quotient =
            _mm256_round_pd(_mm256_mul_pd(upper, reciprocal), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        const __m256d remainder = _mm256_fnmadd_pd(quotient, divisor, upper);
        return _mm256_mul_pd(_mm256_add_pd(remainder, _mm256_set1_pd(n.lower)), reciprocal);
    }
};

struct EightLanes {
    using Reals = EightReals;
    static constexpr std::size_t count = 8;
    __m256i lanes;

    struct Seen {
        __m256i least = _mm256_set1_epi32(-1);
        void note(EightLanes value) { least = _mm256_min_epu32(least, value.lanes); }
        [[nodiscard]] bool any() const { return EightLanes{least}.mask_below_window() != 0; }
    };

    static EightLanes load_values(const std::uint32_t* from) { return load(from); }
    static EightLanes load(const std::uint32_t* from) {
        return {_mm256_load_si256(reinterpret_cast<const __m256i*>(from))};
    }
    [[nodiscard]] std::uint32_t mask_below_window() const {
        const __m256i last_below = _mm256_set1_epi32(window - 1);
        const __m256i is_below = _mm256_cmpeq_epi32(_mm256_min_epu32(lanes, last_below), lanes);
        return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(is_below)));
    }
    friend EightLanes operator+(EightLanes a, EightLanes b) { return {_mm256_add_epi32(a.lanes, b.lanes)}; }
};

}  // namespace

const Kernel avx2 = search_with<EightLanes>;

}  // namespace cohort::primes::trial

#endif

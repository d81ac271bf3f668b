// The kernel by AVX-512, 8 pixels to a vector.
//
// A step of 8 pixels within a block: 6 vector operations (IeeeByFused), or fused 4.

#if defined(__x86_64__)

#include <julia/lanes_kernel.hpp>

// GCC 12 takes the undefined registers in its own intrinsics for uninitialised variables.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

namespace cohort::julia {

namespace {

struct Avx512 {
    using Reals = __m512d;
    using Wholes = __m512i;
    using Mask = __mmask8;
    static constexpr std::size_t lanes = 8;
    static constexpr std::size_t groups = 6;  // each waits for 12 to 16 cycles a step
    static constexpr bool prefers_fused(std::size_t /*group*/) { return true; }

    static Reals set(double x) { return _mm512_set1_pd(x); }
    static Wholes set_whole(std::int64_t n) { return _mm512_set1_epi64(n); }
    static Wholes iota() { return _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7); }
    static Reals load(const double* from) { return _mm512_loadu_pd(from); }
    static Wholes load(const std::int64_t* from) { return _mm512_loadu_si512(from); }
    static void store(double* to, Reals x) { _mm512_storeu_pd(to, x); }
    static void store(std::int64_t* to, Wholes n) { _mm512_storeu_si512(to, n); }
    static void store_counts(std::uint32_t* to, Wholes n) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtepi64_epi32(n));
    }
    static Reals add(Reals a, Reals b) { return _mm512_add_pd(a, b); }
    static Reals sub(Reals a, Reals b) { return _mm512_sub_pd(a, b); }
    static Reals mul(Reals a, Reals b) { return _mm512_mul_pd(a, b); }
    static Reals fma(Reals a, Reals b, Reals c) { return _mm512_fmadd_pd(a, b, c); }
    static Reals fnma(Reals a, Reals b, Reals c) { return _mm512_fnmadd_pd(a, b, c); }
    static Wholes add(Wholes a, Wholes b) { return _mm512_add_epi64(a, b); }
    static Wholes sub(Wholes a, Wholes b) { return _mm512_sub_epi64(a, b); }
    static Wholes times_block(Wholes n) { return _mm512_mul_epu32(n, _mm512_set1_epi64(block)); }
    static Mask mask_of(unsigned set) { return static_cast<Mask>(set); }
    static unsigned bits(Mask mask) { return mask; }
    static Mask both(Mask a, Mask b) { return static_cast<Mask>(a & b); }
    static Mask either(Mask a, Mask b) { return static_cast<Mask>(a | b); }
    static Mask is_below_four(Reals x) { return _mm512_cmp_pd_mask(x, _mm512_set1_pd(4), _CMP_LT_OQ); }
    static Mask are_equal(Reals a, Reals b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
    static Mask are_equal(Wholes a, Wholes b) { return _mm512_cmpeq_epi64_mask(a, b); }
    static Wholes without_lowest_bit(Wholes n) {
        return _mm512_and_si512(n, _mm512_sub_epi64(n, _mm512_set1_epi64(1)));
    }
    static Reals select(Mask mask, Reals yes, Reals no) { return _mm512_mask_mov_pd(no, mask, yes); }
    static Wholes select(Mask mask, Wholes yes, Wholes no) { return _mm512_mask_mov_epi64(no, mask, yes); }
    static Wholes increment(Mask mask, Wholes n) {
        return _mm512_mask_add_epi64(n, mask, n, _mm512_set1_epi64(1));
    }
    // Into a register: compressing into memory takes a hundred cycles on some processors.
    static Wholes compress(unsigned set, Wholes n) {
        return _mm512_maskz_compress_epi64(static_cast<Mask>(set), n);
    }
    static Wholes expand(unsigned set, Wholes n) {
        return _mm512_maskz_expand_epi64(static_cast<Mask>(set), n);
    }
    static Reals compress(unsigned set, Reals x) {
        return _mm512_maskz_compress_pd(static_cast<Mask>(set), x);
    }
    static Reals expand(unsigned set, Reals x) { return _mm512_maskz_expand_pd(static_cast<Mask>(set), x); }
};

}  // namespace

void count_avx512(const Job& job) { count<Avx512>(job); }

}  // namespace cohort::julia

#pragma GCC diagnostic pop

#endif

// The kernel by AVX2 and FMA, 4 pixels to a vector.
//
// A step of 4 pixels within a block: 3 multiplications and 4 additions, in half of the groups 4 and 2 (IeeeByFused), or
// fused 3 multiplications and 1 addition.

#if defined(__x86_64__)

#include <julia/lanes_kernel.hpp>

#include <immintrin.h>

namespace cohort::julia {

namespace {

// For each set of lanes, which halves of lanes come first (compress), or where they go to (expand).
struct Places {
    alignas(32) std::int32_t compress[16][8] = {};
    alignas(32) std::int32_t expand[16][8] = {};

    constexpr Places() {
        for (int set = 0; set < 16; ++set) {
            int taken = 0;
            for (int lane = 0; lane < 4; ++lane) {
                if ((set >> lane & 1) == 0) continue;
                for (int half = 0; half < 2; ++half) {
                    compress[set][2 * taken + half] = 2 * lane + half;
                    expand[set][2 * lane + half] = 2 * taken + half;
                }
                ++taken;
            }
        }
    }
};
constexpr Places table;

struct Avx2 {
    using Reals = __m256d;
    using Wholes = __m256i;
    using Mask = __m256d;
    static constexpr std::size_t lanes = 4;
    static constexpr std::size_t groups =
        4;  // each waits for 10 cycles a step; more do not fit the registers
    static constexpr bool prefers_fused(std::size_t group) {
        return group % 2 == 0;  // so that no unit has more to do than another
    }

    static Reals set(double x) { return _mm256_set1_pd(x); }
    static Wholes set_whole(std::int64_t n) { return _mm256_set1_epi64x(n); }
    static Wholes iota() { return _mm256_setr_epi64x(0, 1, 2, 3); }
    static Reals load(const double* from) { return _mm256_loadu_pd(from); }
    static Wholes load(const std::int64_t* from) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    }
    static void store(double* to, Reals x) { _mm256_storeu_pd(to, x); }
    static void store(std::int64_t* to, Wholes n) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), n); }
    static void store_counts(std::uint32_t* to, Wholes n) {
        const __m256i low = _mm256_permutevar8x32_epi32(n, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(low));
    }
    static Reals add(Reals a, Reals b) { return _mm256_add_pd(a, b); }
    static Reals sub(Reals a, Reals b) { return _mm256_sub_pd(a, b); }
    static Reals mul(Reals a, Reals b) { return _mm256_mul_pd(a, b); }
    static Reals fma(Reals a, Reals b, Reals c) { return _mm256_fmadd_pd(a, b, c); }
    static Reals fnma(Reals a, Reals b, Reals c) { return _mm256_fnmadd_pd(a, b, c); }
    static Wholes add(Wholes a, Wholes b) { return _mm256_add_epi64(a, b); }
    static Wholes sub(Wholes a, Wholes b) { return _mm256_sub_epi64(a, b); }
    static Wholes times_block(Wholes n) { return _mm256_mul_epu32(n, _mm256_set1_epi64x(block)); }
    static Mask mask_of(unsigned set) {
        const __m256i bit = _mm256_setr_epi64x(1, 2, 4, 8);
        return are_equal(_mm256_and_si256(_mm256_set1_epi64x(set), bit), bit);
    }
    static unsigned bits(Mask mask) { return static_cast<unsigned>(_mm256_movemask_pd(mask)); }
    static Mask both(Mask a, Mask b) { return _mm256_and_pd(a, b); }
    static Mask either(Mask a, Mask b) { return _mm256_or_pd(a, b); }
    static Mask is_below_four(Reals x) { return _mm256_cmp_pd(x, _mm256_set1_pd(4), _CMP_LT_OQ); }
    static Mask are_equal(Reals a, Reals b) { return _mm256_cmp_pd(a, b, _CMP_EQ_OQ); }
    static Mask are_equal(Wholes a, Wholes b) { return _mm256_castsi256_pd(_mm256_cmpeq_epi64(a, b)); }
    static Wholes without_lowest_bit(Wholes n) {
        return _mm256_and_si256(n, _mm256_sub_epi64(n, _mm256_set1_epi64x(1)));
    }
    static Reals select(Mask mask, Reals yes, Reals no) { return _mm256_blendv_pd(no, yes, mask); }
    static Wholes select(Mask mask, Wholes yes, Wholes no) {
        return _mm256_blendv_epi8(no, yes, _mm256_castpd_si256(mask));
    }
    static Wholes increment(Mask mask, Wholes n) { return _mm256_sub_epi64(n, _mm256_castpd_si256(mask)); }
    static Wholes permute(Wholes n, const std::int32_t (&places)[8]) {
        return _mm256_permutevar8x32_epi32(n, _mm256_load_si256(reinterpret_cast<const __m256i*>(places)));
    }
    static Wholes compress(unsigned set, Wholes n) { return permute(n, table.compress[set]); }
    static Wholes expand(unsigned set, Wholes n) { return permute(n, table.expand[set]); }
    static Reals compress(unsigned set, Reals x) {
        return _mm256_castsi256_pd(compress(set, _mm256_castpd_si256(x)));
    }
    static Reals expand(unsigned set, Reals x) {
        return _mm256_castsi256_pd(expand(set, _mm256_castpd_si256(x)));
    }
};

}  // namespace

void count_avx2(const Job& job) { count<Avx2>(job); }

}  // namespace cohort::julia

#endif

// Philox darts by AVX2, four blocks to a vector: 79 vector operations, 21 of them multiplications, for 8 darts.
//
// A move from upper to lower halves is a shuffle, which some processors do twice as often as a shift. The upper halves
// of the two sums of a block go into one vector; bit 62 or 63 becomes its sign by adding 2^30.
// Limit: a Zen core of the first generation begins 1.2 G of these multiplications a second, so 0.46 G darts/s.

#if defined(__x86_64__)

#include <pi/philox_kernel.hpp>

#include <immintrin.h>

namespace cohort::pi {

namespace {

struct Avx2 {
    using V = __m256i;
    static constexpr std::uint64_t lanes = 4;

    static V all(std::uint64_t value) { return _mm256_set1_epi64x(static_cast<long long>(value)); }
    static V lane_numbers() { return _mm256_setr_epi64x(0, 1, 2, 3); }
    static V add(V a, V b) { return _mm256_add_epi64(a, b); }
    static V multiply(V a, V b) { return _mm256_mul_epu32(a, b); }
    static V square(V a) { return _mm256_mul_epi32(a, a); }
    static V upper(V a) { return _mm256_shuffle_epi32(a, 0xF5); }
    static V other_upper(V a) { return upper(a); }
    static V exclusive_or(V a, V b) { return _mm256_xor_si256(a, b); }
    static V exclusive_or(V a, V b, V c) { return exclusive_or(exclusive_or(a, b), c); }

    class Tally : public Count {
      public:
        void take(V first, V second) {
            const __m256i uppers = _mm256_castps_si256(
                _mm256_shuffle_ps(_mm256_castsi256_ps(first), _mm256_castsi256_ps(second), 0xDD));
            const __m256i signs = _mm256_add_epi32(uppers, _mm256_set1_epi32(1 << 30));
            const int mask = _mm256_movemask_ps(_mm256_castsi256_ps(signs));
            outside_ += static_cast<std::uint64_t>(__builtin_popcount(static_cast<unsigned>(mask)));
        }
    };
};

constexpr std::size_t vectors = 2;

}  // namespace

const PhiloxKernel philox_avx2 = {count_philox<Avx2, vectors>, Avx2::lanes* vectors};

}  // namespace cohort::pi

#endif

// Philox darts by AVX-512, eight blocks to a vector: 63 vector operations, 21 of them multiplications, for 16 darts.
//
// So a core with two ports at 3.7 GHz throws at most 1.88 G darts/s. Moves from upper to lower halves are shifts and
// shuffles in turn, because each kind has one port. Bits 62 and 63 of a sum are shifted into a word that is full after
// 32 darts; at most one of them is set.

#if defined(__x86_64__)

// GCC 12 takes the undefined registers in its own intrinsics for uninitialised variables.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#pragma GCC diagnostic ignored "-Wuninitialized"

#include <pi/philox_kernel.hpp>

#include <immintrin.h>

namespace cohort::pi {

namespace {

struct Avx512 {
    using V = __m512i;
    static constexpr std::uint64_t lanes = 8;

    static V all(std::uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }
    static V lane_numbers() { return _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7); }
    static V add(V a, V b) { return _mm512_add_epi64(a, b); }
    static V multiply(V a, V b) { return _mm512_mul_epu32(a, b); }
    static V square(V a) { return _mm512_mul_epi32(a, a); }
    static V upper(V a) { return _mm512_srli_epi64(a, 32); }
    static V other_upper(V a) { return _mm512_shuffle_epi32(a, static_cast<_MM_PERM_ENUM>(0xF5)); }
    static V exclusive_or(V a, V b) { return _mm512_xor_si512(a, b); }
    static V exclusive_or(V a, V b, V c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }

    class Tally {
      public:
        static constexpr std::uint64_t capacity = 16;

        void take(V first, V second) {
            bits_ = _mm512_shldi_epi64(_mm512_shldi_epi64(bits_, first, 2), second, 2);
        }
        std::uint64_t outside() {
            const auto all = _mm512_reduce_add_epi64(_mm512_popcnt_epi64(bits_));
            bits_ = _mm512_setzero_si512();
            return static_cast<std::uint64_t>(all);
        }

      private:
        __m512i bits_ = _mm512_setzero_si512();
    };
};

constexpr std::size_t vectors = 4;

}  // namespace

const PhiloxKernel philox_avx512 = {count_philox<Avx512, vectors>, Avx512::lanes* vectors};

}  // namespace cohort::pi

#endif

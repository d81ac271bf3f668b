// MWC52 darts by AVX-512 with IFMA: 9 vector operations, 6 of them multiplications, for 8 darts.
//
// So a core with two ports at 3.7 GHz throws at most 6.6 G darts/s. IFMA looks at the lower 52 bits of its factors, so
// words are kept with the carry above them. The sum of the two squares carries into bit 52 where a dart is outside: a
// tally is that sum with the lower bits cleared before each dart.

#if defined(__x86_64__)

// GCC 12 takes the undefined registers in its own intrinsics for uninitialised variables.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#pragma GCC diagnostic ignored "-Wuninitialized"

#include <pi/mwc52_kernel.hpp>

#include <immintrin.h>

namespace cohort::pi::mwc52 {

namespace {

class Stream {
  public:
    static constexpr std::size_t lanes = 8;
    static constexpr std::uint64_t capacity = 4095;
    struct Tally {
        __m512i sum = _mm512_setzero_si512();
    };

    Stream() = default;
    Stream(const Lanes& states, std::size_t first)
        : word_(_mm512_load_si512(states.word + first)),
          next_(_mm512_load_si512(states.next + first)),
          carry_(_mm512_load_si512(states.carry + first)) {}

    void take(Tally& tally) {
        const __m512i counted = _mm512_and_si512(tally.sum, _mm512_set1_epi64(-1LL << bits));
        tally.sum = _mm512_madd52hi_epu64(_mm512_madd52hi_epu64(counted, word_, word_), next_, next_);
        step(word_);
        step(next_);
    }

    static std::uint64_t outside(const Tally& tally, std::uint64_t /*turns*/) {
        return static_cast<std::uint64_t>(_mm512_reduce_add_epi64(_mm512_srli_epi64(tally.sum, bits)));
    }

  private:
    void step(__m512i& word) {
        const __m512i a = _mm512_set1_epi64(static_cast<long long>(multiplier));
        const __m512i sum = _mm512_madd52lo_epu64(carry_, a, word);
        carry_ = _mm512_madd52hi_epu64(_mm512_srli_epi64(sum, bits), a, word);
        word = sum;
    }

    __m512i word_;
    __m512i next_;
    __m512i carry_;
};

constexpr std::size_t streams = 6;

}  // namespace

const Kernel avx512 = {count_inside<Stream, streams>, Stream::lanes* streams};

}  // namespace cohort::pi::mwc52

#endif

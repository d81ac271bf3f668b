// MWC52 darts by AVX2 and FMA: 19 vector operations, 6 of them fused, for 4 darts.
//
// A double has the 52 bits of a word below its leading one, and rounding towards zero makes a fused multiply-add a
// division with remainder. A word w is kept as 1 + w 2^-52; q is the quotient of a w by 2^52. With a' = a 2^-25:
//
//     -(a' w 2^-52 + 2^27)         has q in its lower 52 bits and 0xC1A above them,
//     a' w 2^-52 - q 2^-25 + 2^-25 has the remainder in its lower 52 bits and 0x3E6 above them.
//
// The carry is kept with 0xC1A above it. As 0xC1A + 0x3E6 is 0 modulo 2^12, the integer sum of carry and remainder is the
// word after the next, and above it 1 where that overflows, which an or with the bits of 1.0, 0x3FF above, absorbs.
//
// A dart is outside if the sum of its squares, begun at 1, reaches 2, which is when the uppermost byte of the double goes
// from 0x3F to 0x40. So a tally adds up bytes.
//
// Limit: a Zen core of the first generation has four slots a cycle, where half a vector takes one and in a fused
// operation two: 12.5 cycles for 4 darts, 0.8 G darts/s at 2.5 GHz.

#if defined(__x86_64__)

#include <pi/mwc52_kernel.hpp>

#include <immintrin.h>

namespace cohort::pi::mwc52 {

namespace {

constexpr double scaled_multiplier = static_cast<double>(multiplier) / (1 << 25);
constexpr double quotient_one = 1 << 27;
constexpr double remainder_one = 1.0 / (1 << 25);
constexpr std::uint64_t above_carry = std::uint64_t{0xC1A} << bits;

class Stream {
  public:
    static constexpr std::size_t lanes = 4;
    static constexpr std::uint64_t capacity = 255;
    struct Tally {
        __m256i sum = _mm256_setzero_si256();
    };

    Stream() = default;
    Stream(const Lanes& states, std::size_t first)
        : word_(with_leading_one(load(states.word + first))),
          next_(with_leading_one(load(states.next + first))),
          carry_(_mm256_or_si256(load(states.carry + first),
                                 _mm256_set1_epi64x(static_cast<long long>(above_carry)))) {}

    void take(Tally& tally) {
        const __m256d x = step(word_);
        const __m256d y = step(next_);
        const __m256d squares = _mm256_fmadd_pd(y, y, _mm256_fmadd_pd(x, x, one()));
        tally.sum = _mm256_add_epi8(tally.sum, _mm256_castpd_si256(squares));
    }

    static std::uint64_t outside(const Tally& tally, std::uint64_t turns) {
        alignas(32) std::uint8_t bytes[32];
        _mm256_store_si256(reinterpret_cast<__m256i*>(bytes), tally.sum);
        std::uint64_t all = 0;
        for (std::size_t lane = 0; lane < lanes; ++lane) all += (bytes[8 * lane + 7] - 0x3F * turns) & 0xFF;
        return all;
    }

  private:
    static __m256i load(const std::uint64_t* lanes_of) {
        return _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes_of));
    }
    static __m256d one() { return _mm256_set1_pd(1); }
    static __m256d with_leading_one(__m256i word) { return _mm256_or_pd(_mm256_castsi256_pd(word), one()); }

    // Returns the word, as a fraction, and puts the one after the next in its place.
    __m256d step(__m256d& word) {
        const __m256d a = _mm256_set1_pd(scaled_multiplier);
        const __m256d fraction = _mm256_sub_pd(word, one());
        const __m256d quotient = _mm256_fnmsub_pd(a, fraction, _mm256_set1_pd(quotient_one));
        const __m256d whole = _mm256_add_pd(quotient, _mm256_set1_pd(quotient_one + remainder_one));
        const __m256d remainder = _mm256_fmadd_pd(a, fraction, whole);
        const __m256i sum = _mm256_add_epi64(_mm256_castpd_si256(remainder), carry_);
        carry_ = _mm256_add_epi64(_mm256_castpd_si256(quotient), _mm256_srli_epi64(sum, bits));
        word = with_leading_one(sum);
        return fraction;
    }

    __m256d word_;
    __m256d next_;
    __m256i carry_;
};

constexpr std::size_t streams = 2;

std::uint64_t count_rounding_towards_zero(const Lanes& lanes, std::uint64_t darts_of_each) {
    constexpr unsigned towards_zero = 0x7F80;  // and no exception is trapped
    const unsigned mode = _mm_getcsr();
    _mm_setcsr(towards_zero);
    // Neither load nor result may move to the other side of the change of mode.
    const Lanes* begin = &lanes;
    asm volatile("" : "+r"(begin) : : "memory");
    std::uint64_t inside = count_inside<Stream, streams>(*begin, darts_of_each);
    asm volatile("" : "+r"(inside) : : "memory");
    _mm_setcsr(mode);
    return inside;
}

}  // namespace

const Kernel avx2 = {count_rounding_towards_zero, Stream::lanes* streams};

}  // namespace cohort::pi::mwc52

#endif

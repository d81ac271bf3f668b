#include <cohort/store/shuffle.hpp>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace cohort::detail {
namespace {

#ifdef __SSE2__
constexpr std::size_t together = 16;

// Shuffles 16 numbers at a time; returns how many. They are `Bytes` vectors. The place of a byte among theirs is written in
// bits, those of the number above those of the byte in it. To interleave the first half of the vectors with the second
// moves the highest bit to the end, so that after four rounds those of the byte are above.
// Operations per number: 2 for 8 bytes each, beside a load and a store.
template <std::size_t Bytes>
std::size_t shuffle_vectors(const std::byte* from, std::size_t numbers, std::byte* to) {
    std::size_t i = 0;
    for (; i + together <= numbers; i += together) {
        __m128i vectors[Bytes];
        for (std::size_t k = 0; k < Bytes; ++k) {
            vectors[k] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i * Bytes) + k);
        }
        for (int round = 0; round < 4; ++round) {
            __m128i next[Bytes];
            for (std::size_t k = 0; k < Bytes / 2; ++k) {
                next[2 * k] = _mm_unpacklo_epi8(vectors[k], vectors[k + Bytes / 2]);
                next[2 * k + 1] = _mm_unpackhi_epi8(vectors[k], vectors[k + Bytes / 2]);
            }
            for (std::size_t k = 0; k < Bytes; ++k) vectors[k] = next[k];
        }
        for (std::size_t k = 0; k < Bytes; ++k) {
            _mm_storeu_si128(reinterpret_cast<__m128i*>(to + k * numbers + i), vectors[k]);
        }
    }
    return i;
}
#else
template <std::size_t Bytes>
std::size_t shuffle_vectors(const std::byte*, std::size_t, std::byte*) {
    return 0;
}
#endif

template <std::size_t Bytes>
void shuffle(std::span<const std::byte> from, std::byte* to) {
    const std::size_t numbers = from.size() / Bytes;
    const std::size_t done = shuffle_vectors<Bytes>(from.data(), numbers, to);
    for (std::size_t byte = 0; byte < Bytes; ++byte)
        for (std::size_t i = done; i < numbers; ++i) to[byte * numbers + i] = from[i * Bytes + byte];
}

}  // namespace

void shuffle(std::span<const std::byte> numbers, std::size_t number_bytes, std::span<std::byte> to) {
    switch (number_bytes) {
        case 2: return shuffle<2>(numbers, to.data());
        case 4: return shuffle<4>(numbers, to.data());
        default: return shuffle<8>(numbers, to.data());
    }
}

}  // namespace cohort::detail

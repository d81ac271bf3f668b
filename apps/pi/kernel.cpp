// The kernels. A lane is a block, that is, two darts. All vector kernels have one structure: the four words
// of a block are the low halves of four 64-bit lanes, whose high halves hold rubbish that the multiplications
// ignore.
//
// Operations for each vector of blocks: 10 rounds of 2 multiplications, 2 shifts and 2 three-way exclusive
// ors (4 plain ones without AVX-512); then twice 2 multiplications, an addition, a comparison and a masked
// addition (and one shift without AVX-512); 2 for the counter. So with AVX-512 it is 72 for 16 darts: at most
// 1.64 G darts/s per core at 3.7 GHz with two ports. AVX2: 94 for 8 darts. Portable: 24 multiplications and
// about 90 others for 2 darts.

#include <cohort/plan/philox.hpp>
#include <pi/kernel.hpp>
#include <pi/mwc52.hpp>

#include <array>

#if defined(__x86_64__)
// GCC 12 takes the undefined registers in its own intrinsics for uninitialised variables.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#endif

namespace cohort::pi {

namespace {

constexpr std::uint64_t square_of_radius = std::uint64_t{1} << 62;

PhiloxKey key_of(Seed seed) noexcept {
    return {static_cast<std::uint32_t>(seed.value()), static_cast<std::uint32_t>(seed.value() >> 32)};
}

PhiloxCounter block_of(std::uint64_t block, PhiloxKey key) noexcept {
    return philox4x32_10({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0, 0},
                         key);
}

// The corner, where both are -2^31, gives 2^63: beyond what is signed.
std::uint64_t square(std::uint32_t word) noexcept {
    const std::int64_t x = static_cast<std::int32_t>(word);
    return static_cast<std::uint64_t>(x * x);
}

std::uint64_t is_inside(std::uint32_t x, std::uint32_t y) noexcept {
    return square(x) + square(y) < square_of_radius ? 1 : 0;
}

// Whole blocks: `count` of them from `first` on.
std::uint64_t count_portable(std::uint64_t first, std::uint64_t count, PhiloxKey key) noexcept {
    std::uint64_t inside = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const PhiloxCounter words = block_of(first + i, key);
        inside += is_inside(words[0], words[1]) + is_inside(words[2], words[3]);
    }
    return inside;
}

#if defined(__x86_64__)

// Blocks that a vector kernel works on at a time: two vectors, so that one's multiplications hide the
// other's.
constexpr std::uint64_t avx512_blocks = 16;
constexpr std::uint64_t avx2_blocks = 8;

// The keys of the rounds, in 64-bit lanes.
struct Keys {
    std::array<long long, philox::rounds> even;
    std::array<long long, philox::rounds> odd;
};

Keys keys_of(PhiloxKey key) noexcept {
    Keys keys{};
    for (std::size_t round = 0; round < philox::rounds; ++round) {
        keys.even[round] = key[0];
        keys.odd[round] = key[1];
        key = {key[0] + philox::key_steps[0], key[1] + philox::key_steps[1]};
    }
    return keys;
}

// The four words of the blocks of a vector.
struct Words512 {
    __m512i w0, w1, w2, w3;
};
struct Words256 {
    __m256i w0, w1, w2, w3;
};

// `count` must be a multiple of avx512_blocks.
__attribute__((target("avx512f"))) std::uint64_t count_avx512(std::uint64_t first, std::uint64_t count,
                                                              PhiloxKey key) noexcept {
    const Keys keys = keys_of(key);
    const __m512i even_multiplier = _mm512_set1_epi64(philox::multipliers[0]);
    const __m512i odd_multiplier = _mm512_set1_epi64(philox::multipliers[1]);
    const __m512i limit = _mm512_set1_epi64(static_cast<long long>(square_of_radius));
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i step = _mm512_set1_epi64(8);
    __m512i block = _mm512_add_epi64(_mm512_set1_epi64(static_cast<long long>(first)),
                                     _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
    __m512i inside[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    for (std::uint64_t i = 0; i < count; i += avx512_blocks) {
        Words512 blocks[2];
        for (Words512& words : blocks) {
            words = {block, _mm512_srli_epi64(block, 32), _mm512_setzero_si512(), _mm512_setzero_si512()};
            block = _mm512_add_epi64(block, step);
        }
#pragma GCC unroll 10
        for (std::size_t round = 0; round < philox::rounds; ++round) {
            const __m512i even_key = _mm512_set1_epi64(keys.even[round]);
            const __m512i odd_key = _mm512_set1_epi64(keys.odd[round]);
            for (Words512& words : blocks) {
                const __m512i even = _mm512_mul_epu32(words.w0, even_multiplier);
                const __m512i odd = _mm512_mul_epu32(words.w2, odd_multiplier);
                // 0x96: the exclusive or of three
                words = {_mm512_ternarylogic_epi64(_mm512_srli_epi64(odd, 32), words.w1, even_key, 0x96), odd,
                         _mm512_ternarylogic_epi64(_mm512_srli_epi64(even, 32), words.w3, odd_key, 0x96),
                         even};
            }
        }
        for (const Words512& words : blocks) {
            const __m512i x[2] = {words.w0, words.w2};
            const __m512i y[2] = {words.w1, words.w3};
            for (int dart = 0; dart < 2; ++dart) {
                const __m512i sum =
                    _mm512_add_epi64(_mm512_mul_epi32(x[dart], x[dart]), _mm512_mul_epi32(y[dart], y[dart]));
                const __mmask8 is_in = _mm512_cmplt_epu64_mask(sum, limit);
                inside[dart] = _mm512_mask_add_epi64(inside[dart], is_in, inside[dart], one);
            }
        }
    }
    return static_cast<std::uint64_t>(_mm512_reduce_add_epi64(_mm512_add_epi64(inside[0], inside[1])));
}

// `count` must be a multiple of avx2_blocks.
__attribute__((target("avx2"))) std::uint64_t count_avx2(std::uint64_t first, std::uint64_t count,
                                                         PhiloxKey key) noexcept {
    const Keys keys = keys_of(key);
    const __m256i even_multiplier = _mm256_set1_epi64x(philox::multipliers[0]);
    const __m256i odd_multiplier = _mm256_set1_epi64x(philox::multipliers[1]);
    const __m256i half_limit = _mm256_set1_epi64x(static_cast<long long>(square_of_radius / 2));
    const __m256i step = _mm256_set1_epi64x(4);
    __m256i block =
        _mm256_add_epi64(_mm256_set1_epi64x(static_cast<long long>(first)), _mm256_setr_epi64x(0, 1, 2, 3));
    __m256i inside[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (std::uint64_t i = 0; i < count; i += avx2_blocks) {
        Words256 blocks[2];
        for (Words256& words : blocks) {
            words = {block, _mm256_srli_epi64(block, 32), _mm256_setzero_si256(), _mm256_setzero_si256()};
            block = _mm256_add_epi64(block, step);
        }
#pragma GCC unroll 10
        for (std::size_t round = 0; round < philox::rounds; ++round) {
            const __m256i even_key = _mm256_set1_epi64x(keys.even[round]);
            const __m256i odd_key = _mm256_set1_epi64x(keys.odd[round]);
            for (Words256& words : blocks) {
                const __m256i even = _mm256_mul_epu32(words.w0, even_multiplier);
                const __m256i odd = _mm256_mul_epu32(words.w2, odd_multiplier);
                words = {
                    _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(odd, 32), words.w1), even_key), odd,
                    _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(even, 32), words.w3), odd_key), even};
            }
        }
        for (const Words256& words : blocks) {
            const __m256i x[2] = {words.w0, words.w2};
            const __m256i y[2] = {words.w1, words.w3};
            for (int dart = 0; dart < 2; ++dart) {
                const __m256i sum =
                    _mm256_add_epi64(_mm256_mul_epi32(x[dart], x[dart]), _mm256_mul_epi32(y[dart], y[dart]));
                // Halved, because there is only a signed comparison. It gives -1 where it holds.
                const __m256i is_in = _mm256_cmpgt_epi64(half_limit, _mm256_srli_epi64(sum, 1));
                inside[dart] = _mm256_sub_epi64(inside[dart], is_in);
            }
        }
    }
    alignas(32) std::array<std::uint64_t, 4> lanes;
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes.data()), _mm256_add_epi64(inside[0], inside[1]));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

#pragma GCC diagnostic pop
#endif

// Whole blocks, by the kernel for `isa` as far as its vectors go and by the portable one for the rest.
std::uint64_t count_blocks(std::uint64_t first, std::uint64_t count, PhiloxKey key, Isa isa) noexcept {
    std::uint64_t inside = 0;
    std::uint64_t done = 0;
#if defined(__x86_64__)
    if (isa == Isa::avx512) {
        done = count / avx512_blocks * avx512_blocks;
        inside = count_avx512(first, done, key);
    } else if (isa == Isa::avx2) {
        done = count / avx2_blocks * avx2_blocks;
        inside = count_avx2(first, done, key);
    }
#else
    (void)isa;
#endif
    return inside + count_portable(first + done, count - done, key);
}

}  // namespace

std::uint64_t count_philox(Range darts, Seed seed, Isa isa) {
    const PhiloxKey key = key_of(seed);
    std::uint64_t inside = 0;
    // The second half of a block first, then whole blocks, then the first half of one.
    if (darts.count > 0 && darts.first % 2 == 1) {
        const PhiloxCounter words = block_of(darts.first / 2, key);
        inside += is_inside(words[2], words[3]);
        ++darts.first;
        --darts.count;
    }
    inside += count_blocks(darts.first / 2, darts.count / 2, key, isa);
    if (darts.count % 2 == 1) {
        const PhiloxCounter words = block_of((darts.first + (darts.count - 1)) / 2, key);
        inside += is_inside(words[0], words[1]);
    }
    return inside;
}

std::uint64_t count_mwc52(Range darts, Seed seed) {
    mwc52::State y = mwc52::multiply(mwc52::start(seed), mwc52::jump(darts.first));
    std::uint64_t inside = 0;
    for (std::uint64_t i = 0; i < darts.count; ++i) {
        std::uint64_t squares = 0;
        for (int coordinate = 0; coordinate < 2; ++coordinate) {
            squares += static_cast<std::uint64_t>(Wide{y.word} * y.word >> mwc52::bits);
            const Wide t = Wide{mwc52::multiplier} * y.word + y.carry;
            y = {y.next, static_cast<std::uint64_t>(t) & mwc52::mask,
                 static_cast<std::uint64_t>(t >> mwc52::bits)};
        }
        inside += squares <= mwc52::mask ? 1 : 0;
    }
    return inside;
}

std::string_view name(Generator generator) noexcept {
    return generator == Generator::mwc52 ? "mwc52" : "philox4x32-10";
}

std::optional<Generator> generator_named(std::string_view wanted) noexcept {
    for (const Generator generator : generators) {
        if (name(generator) == wanted) return generator;
    }
    return std::nullopt;
}

std::uint64_t count_inside(Range darts, Seed seed, Generator generator, Isa isa) {
    return generator == Generator::mwc52 ? count_mwc52(darts, seed) : count_philox(darts, seed, isa);
}

std::uint64_t count_inside(Range darts, Seed seed, Isa isa) {
    return count_inside(darts, seed, Generator::philox4x32_10, isa);
}

}  // namespace cohort::pi

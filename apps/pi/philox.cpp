// Philox darts without instructions that not every processor has.
//
// On x86-64 that is SSE2, two blocks to a vector: 93 vector operations, 21 of them multiplications, for 4 darts.
// Elsewhere one block: the same in words, and shifts for moves.

#include <cohort/plan/philox.hpp>
#include <pi/generators.hpp>
#include <pi/philox_kernel.hpp>

#include <algorithm>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace cohort::pi {

namespace {

// The corner, where both are -2^31, gives 2^63: beyond what is signed.
std::uint64_t square(std::uint32_t word) noexcept {
    const std::int64_t x = static_cast<std::int32_t>(word);
    return static_cast<std::uint64_t>(x * x);
}

#if defined(__SSE2__)

struct Portable {
    using V = __m128i;
    static constexpr std::uint64_t lanes = 2;

    static V all(std::uint64_t value) { return _mm_set1_epi64x(static_cast<long long>(value)); }
    static V lane_numbers() { return _mm_set_epi64x(1, 0); }
    static V add(V a, V b) { return _mm_add_epi64(a, b); }
    static V multiply(V a, V b) { return _mm_mul_epu32(a, b); }
    static V square(V a) {  // of its absolute value: there is no signed multiplication
        const V sign = _mm_srai_epi32(a, 31);
        const V size = _mm_sub_epi32(_mm_xor_si128(a, sign), sign);
        return multiply(size, size);
    }
    static V upper(V a) { return _mm_shuffle_epi32(a, 0xF5); }
    static V other_upper(V a) { return upper(a); }
    static V exclusive_or(V a, V b) { return _mm_xor_si128(a, b); }
    static V exclusive_or(V a, V b, V c) { return exclusive_or(exclusive_or(a, b), c); }

    class Tally {
      public:
        static constexpr std::uint64_t capacity = std::uint64_t{1} << 24;

        void take(V first, V second) {
            const V uppers =
                _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(first), _mm_castsi128_ps(second), 0xDD));
            const V is_outside = _mm_srai_epi32(_mm_add_epi32(uppers, _mm_set1_epi32(1 << 30)), 31);
            outside_ = _mm_sub_epi32(outside_, is_outside);
        }
        std::uint64_t outside() {
            alignas(16) std::uint32_t lanes_of[4];
            _mm_store_si128(reinterpret_cast<V*>(lanes_of), outside_);
            outside_ = _mm_setzero_si128();
            return std::uint64_t{lanes_of[0]} + lanes_of[1] + lanes_of[2] + lanes_of[3];
        }

      private:
        V outside_ = _mm_setzero_si128();
    };
};
constexpr std::size_t vectors = 2;

#else

struct Portable {
    using V = std::uint64_t;
    static constexpr std::uint64_t lanes = 1;

    static V all(std::uint64_t value) { return value; }
    static V lane_numbers() { return 0; }
    static V add(V a, V b) { return a + b; }
    static V multiply(V a, V b) { return (a & 0xFFFFFFFF) * (b & 0xFFFFFFFF); }
    static V square(V a) { return pi::square(static_cast<std::uint32_t>(a)); }
    static V upper(V a) { return a >> 32; }
    static V other_upper(V a) { return upper(a); }
    static V exclusive_or(V a, V b) { return a ^ b; }
    static V exclusive_or(V a, V b, V c) { return a ^ b ^ c; }

    class Tally : public Count {
      public:
        void take(V first, V second) { outside_ += (first >> 62 != 0) + (second >> 62 != 0); }
    };
};
constexpr std::size_t vectors = 1;

#endif

constexpr PhiloxKernel philox_portable = {count_philox<Portable, vectors>, Portable::lanes* vectors};

const PhiloxKernel& kernel_for([[maybe_unused]] Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return philox_avx512;
    if (isa == Isa::avx2) return philox_avx2;
#endif
    return philox_portable;
}

PhiloxCounter block_of(std::uint64_t block, PhiloxKey key) noexcept {
    return philox4x32_10({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0, 0},
                         key);
}

std::uint64_t is_inside(std::uint32_t x, std::uint32_t y) noexcept {
    return square(x) + square(y) < std::uint64_t{1} << 62 ? 1 : 0;
}

// The blocks must have one upper half.
PhiloxRun run_of(Range blocks, PhiloxKey key) noexcept {
    PhiloxRun run{.blocks = blocks.count,
                  .multipliers = {philox::multipliers[0], philox::multipliers[1]},
                  .product = (blocks.first & 0xFFFFFFFF) * philox::multipliers[0],
                  .keys = {}};
    for (auto& keys : run.keys) {
        keys[0] = key[0];
        keys[1] = key[1];
        key = {key[0] + philox::key_steps[0], key[1] + philox::key_steps[1]};
    }
    const std::uint64_t even = ((blocks.first >> 32) ^ run.keys[0][0]) * philox::multipliers[0];
    run.keys[1][1] ^= even >> 32;
    run.keys[2][1] ^= even & 0xFFFFFFFF;
    return run;
}

// Whole blocks, at most to number 2^63.
std::uint64_t count_blocks(Range blocks, PhiloxKey key, Isa isa) noexcept {
    const PhiloxKernel& kernel = kernel_for(isa);
    std::uint64_t inside = 0;
    while (blocks.count > 0) {
        const std::uint64_t of_one_half = (std::uint64_t{1} << 32) - (blocks.first & 0xFFFFFFFF);
        const std::uint64_t here = std::min(blocks.count, of_one_half);
        const std::uint64_t grouped = here / kernel.blocks_at_once * kernel.blocks_at_once;
        if (grouped > 0) inside += kernel.count_inside(run_of({blocks.first, grouped}, key));
        for (std::uint64_t i = grouped; i < here; ++i) {
            const PhiloxCounter words = block_of(blocks.first + i, key);
            inside += is_inside(words[0], words[1]) + is_inside(words[2], words[3]);
        }
        blocks = {blocks.first + here, blocks.count - here};
    }
    return inside;
}

}  // namespace

std::uint64_t count_inside_philox(Range darts, Seed seed, Isa isa) {
    const PhiloxKey key = {static_cast<std::uint32_t>(seed.value()),
                           static_cast<std::uint32_t>(seed.value() >> 32)};
    std::uint64_t inside = 0;
    // The second half of a block first, then whole blocks, then the first half of one.
    if (darts.count > 0 && darts.first % 2 == 1) {
        const PhiloxCounter words = block_of(darts.first / 2, key);
        inside += is_inside(words[2], words[3]);
        darts = {darts.first + 1, darts.count - 1};
    }
    inside += count_blocks({darts.first / 2, darts.count / 2}, key, isa);
    if (darts.count % 2 == 1) {
        const PhiloxCounter words = block_of((darts.first + (darts.count - 1)) / 2, key);
        inside += is_inside(words[0], words[1]);
    }
    return inside;
}

}  // namespace cohort::pi

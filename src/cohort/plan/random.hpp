// Random numbers that are a pure function of (seed, purpose, index).
//
//     cohort::Random random(seed, purpose, item);
//     double x = random.uniform();
//     std::shuffle(cards.begin(), cards.end(), random);     // a UniformRandomBitGenerator of 64 bits
//
// Each item, or whatever else an index stands for, has a stream of its own, so its numbers do not depend on
// which rank asks, in what order, or how many numbers its neighbours drew. What needs two independent streams
// per item gives them different purposes.
//
// The numbers are Philox4x32-10 blocks of two. The seed is the key, low half first. The counter's four words
// are {block, block >> 32 | purpose << 16, index, index >> 32} with 48 bits of block, so no two streams of a
// seed ever share a number and a stream has 2^49 of them.
#pragma once

#include <cohort/plan/index.hpp>
#include <cohort/plan/philox.hpp>
#include <cohort/plan/seed.hpp>

#include <limits>

namespace cohort {

class Random {
  public:
    using result_type = std::uint64_t;

    // Local. The start of the stream; costs nothing until a number is drawn.
    constexpr Random(Seed seed, std::uint16_t purpose, Index index) noexcept
        : key_{low(seed.value()), high(seed.value())}, purpose_(purpose), index_(index) {}

    // Local. The start of the stream of another index, with the same seed and purpose.
    [[nodiscard]] constexpr Random of_index(Index index) const noexcept {
        Random other(*this);
        other.index_ = index;
        other.drawn_ = 0;
        other.stale_ = true;
        return other;
    }

    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

    // Local. The next number: 64 even bits. Half a Philox block each.
    constexpr result_type operator()() noexcept {
        const std::uint64_t number = drawn_++;
        if (number % 2 == 0 || stale_) {
            block_ = philox4x32_10(counter(number / 2), key_);
            stale_ = false;
        }
        const std::size_t word = number % 2 * 2;
        return std::uint64_t{block_[word + 1]} << 32 | block_[word];
    }

    // Local. A number in [0, 1): a multiple of 2^-53, all equally likely.
    constexpr double uniform() noexcept { return static_cast<double>((*this)() >> 11) * 0x1p-53; }

    // Local. A whole number in [0, bound), all equally likely; `bound` must not be 0. Draws one number,
    // rarely more. Source: Lemire, Fast random integer generation in an interval, ACM TOMACS 29 (2019).
    constexpr std::uint64_t below(std::uint64_t bound) noexcept {
        Wide product = Wide{(*this)()} * bound;
        if (static_cast<std::uint64_t>(product) < bound) {
            const std::uint64_t uneven = (0 - bound) % bound;
            while (static_cast<std::uint64_t>(product) < uneven) {
                product = Wide{(*this)()} * bound;
            }
        }
        return static_cast<std::uint64_t>(product >> 64);
    }

    // Local. Passes over the next `count` numbers, in constant time.
    constexpr void discard(std::uint64_t count) noexcept {
        drawn_ += count;
        stale_ = true;
    }

  private:
    static constexpr std::uint32_t low(std::uint64_t bits) noexcept {
        return static_cast<std::uint32_t>(bits);
    }
    static constexpr std::uint32_t high(std::uint64_t bits) noexcept {
        return static_cast<std::uint32_t>(bits >> 32);
    }

    constexpr PhiloxCounter counter(std::uint64_t block) const noexcept {
        return {low(block), (high(block) & 0xFFFF) | std::uint32_t{purpose_} << 16, low(index_),
                high(index_)};
    }

    PhiloxKey key_;
    std::uint16_t purpose_;
    bool stale_ = false;
    Index index_;
    std::uint64_t drawn_ = 0;
    PhiloxCounter block_{};
};

}  // namespace cohort

// The one Philox kernel, to be compiled for each set of vectors.
//
// A lane is a block. Its four words are the low halves of four 64-bit lanes, whose high halves hold rubbish that the
// multiplications ignore. `Set` has vectors V, their constants and operations, and a Tally that takes the two sums
// X*X + Y*Y of each block and counts those that have bit 62 or 63.
//
// Operations for each vector of blocks, where a three-way exclusive or is e (AVX-512: 1, else 2): rounds 1 to 3 take an
// addition, 3 multiplications, 4 moves from upper to lower halves, 4 + e exclusive ors; rounds 4 to 10 take 7 times 2
// multiplications, 2 moves and 2e exclusive ors; the darts 4 multiplications, 2 additions and the tally.
#pragma once

#include <pi/philox_run.hpp>

#include <cstddef>
#include <cstdint>

namespace cohort::pi {

namespace {

// A Tally of sets that have counted each turn's darts at once.
class Count {
  public:
    static constexpr std::uint64_t capacity = std::uint64_t{1} << 32;

    std::uint64_t outside() {
        const std::uint64_t all = outside_;
        outside_ = 0;
        return all;
    }

  protected:
    std::uint64_t outside_ = 0;
};

template <typename Set, std::size_t vectors>
std::uint64_t count_philox(const PhiloxRun& run) {
    using V = typename Set::V;
    struct Block {
        V w0, w1, w2, w3;
    };
    V keys[10][2];
    for (int round = 0; round < 10; ++round) {
        for (int half = 0; half < 2; ++half) keys[round][half] = Set::all(run.keys[round][half]);
    }
    asm volatile("" : : "r"(keys) : "memory");  // in memory they cost nothing, registers are scarce
    const V m0 = Set::all(run.multipliers[0]);
    const V m1 = Set::all(run.multipliers[1]);
    const V step = Set::all(run.multipliers[0] * Set::lanes);
    V product = Set::add(Set::all(run.product), Set::multiply(Set::lane_numbers(), m0));
    typename Set::Tally tallies[vectors];
    std::uint64_t inside = 0;
    for (std::uint64_t left = run.blocks / (Set::lanes * vectors); left > 0;) {
        const std::uint64_t turns = left < Set::Tally::capacity ? left : Set::Tally::capacity;
        left -= turns;
        for (std::uint64_t turn = 0; turn < turns; ++turn) {
            Block blocks[vectors];
            for (Block& block : blocks) {
                const V w2 = Set::exclusive_or(Set::upper(product), keys[0][1]);
                const V odd2 = Set::multiply(w2, m1);
                const V even3 = Set::multiply(Set::exclusive_or(Set::upper(odd2), keys[1][0]), m0);
                const V odd3 = Set::multiply(Set::exclusive_or(product, keys[1][1]), m1);
                block = {Set::exclusive_or(Set::upper(odd3), odd2, keys[2][0]), odd3,
                         Set::exclusive_or(Set::other_upper(even3), keys[2][1]), even3};
                product = Set::add(product, step);
            }
#pragma GCC unroll 7
            for (int round = 3; round < 10; ++round) {
                for (Block& block : blocks) {
                    const V even = Set::multiply(block.w0, m0);
                    const V odd = Set::multiply(block.w2, m1);
                    block = {Set::exclusive_or(Set::upper(odd), block.w1, keys[round][0]), odd,
                             Set::exclusive_or(Set::other_upper(even), block.w3, keys[round][1]), even};
                }
            }
            for (std::size_t v = 0; v < vectors; ++v) {
                const Block& block = blocks[v];
                tallies[v].take(Set::add(Set::square(block.w0), Set::square(block.w1)),
                                Set::add(Set::square(block.w2), Set::square(block.w3)));
            }
        }
        const std::uint64_t darts = turns * (2 * Set::lanes * vectors);
        inside += darts;
        for (auto& tally : tallies) inside -= tally.outside();
    }
    return inside;
}

}  // namespace

}  // namespace cohort::pi

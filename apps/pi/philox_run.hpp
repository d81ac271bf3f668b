// A run of Philox blocks, two darts each, as its kernels take it.
//
// All blocks of a run have the same upper half of the block's number. So the first round of a block is an addition to
// the product of the block before it, and half of the second is the same for all of them. What is the same is in the
// keys: of the 20 multiplications of ten rounds 17 are left.
#pragma once

#include <cstdint>

namespace cohort::pi {

struct PhiloxRun {
    std::uint64_t blocks;
    std::uint64_t multipliers[2];
    std::uint64_t product;      // of the first block's number and the first multiplier
    std::uint64_t keys[10][2];  // keys[0][0] is in keys[1][1] and keys[2][1]
};

// Each counts the darts inside of whole groups of `blocks_at_once` blocks.
struct PhiloxKernel {
    std::uint64_t (*count_inside)(const PhiloxRun& run);
    std::uint64_t blocks_at_once;
};
extern const PhiloxKernel philox_avx2;
extern const PhiloxKernel philox_avx512;

}  // namespace cohort::pi

// Which of a program's kernels this processor runs.
//
// Kernels are compiled for several instruction sets in one binary and chosen when the program starts, so that
// the same executable works on an old laptop and uses all of a new node. All of them give the same bits.
#pragma once

#include <string_view>

namespace cohort {

// The instruction sets that there are kernels for, in ascending order of speed. avx2 is that of Haswell and Zen, with FMA
// and BMI2; avx512 that of Ice Lake and Zen 4, with IFMA, VBMI2 and VPOPCNTDQ: processors that have only the first part of
// AVX-512 run avx2.
enum class Isa { portable, avx2, avx512 };

// "portable", "avx2" or "avx512".
[[nodiscard]] std::string_view name(Isa isa) noexcept;

// Local. True if this processor can run the kernel.
[[nodiscard]] bool can_run(Isa isa) noexcept;

// Local. The fastest that can run; or what the environment variable COHORT_ISA names, if it is not
// empty. Throws UsageError if that is not a name, or cannot run.
[[nodiscard]] Isa chosen_isa();

}  // namespace cohort

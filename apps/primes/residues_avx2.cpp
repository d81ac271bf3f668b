// Residues in machine words again, by the multiplications of BMI2: four lanes of 32-bit pieces in vectors would take some
// sixteen multiplications where three of words do.

#if defined(__x86_64__)

#include <primes/curve_kernel.hpp>
#include <primes/residues.hpp>

namespace cohort::primes::residues {

const Kernel avx2 = kernel_of<WordField, 4, 4>();

}  // namespace cohort::primes::residues

#endif

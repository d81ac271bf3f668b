// Which kernel of residues an instruction set has.
#pragma once

#include <common/isa.hpp>
#include <primes/residues_kernel.hpp>

namespace cohort::primes::residues {

[[nodiscard]] const Kernel& kernel_for(Isa isa) noexcept;

}  // namespace cohort::primes::residues

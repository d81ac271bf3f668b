// The kernels of each generator, chosen by instruction set; kernel.hpp states the rules that they follow.
#pragma once

#include <cohort/plan/index.hpp>
#include <cohort/plan/seed.hpp>
#include <common/isa.hpp>

#include <cstdint>

namespace cohort::pi {

[[nodiscard]] std::uint64_t count_inside_philox(Range darts, Seed seed, Isa isa);
[[nodiscard]] std::uint64_t count_inside_mwc52(Range darts, Seed seed, Isa isa);

}  // namespace cohort::pi

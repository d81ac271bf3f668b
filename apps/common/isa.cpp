#include <common/isa.hpp>

#include <cohort/plan/error.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace cohort {

std::string_view name(Isa isa) noexcept {
    constexpr std::array<std::string_view, 3> names = {"portable", "avx2", "avx512"};
    return names[static_cast<std::size_t>(isa)];
}

bool can_run(Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return __builtin_cpu_supports("avx512f") != 0;
    if (isa == Isa::avx2) return __builtin_cpu_supports("avx2") != 0;
#endif
    return isa == Isa::portable;
}

Isa chosen_isa() {
    constexpr std::array<Isa, 3> fastest_first = {Isa::avx512, Isa::avx2, Isa::portable};
    const char* wanted = std::getenv("COHORT_ISA");
    for (const Isa isa : fastest_first) {
        if (wanted != nullptr ? name(isa) == wanted : can_run(isa)) {
            if (!can_run(isa)) {
                throw UsageError(fmt::format("COHORT_ISA is {}", wanted), "this processor cannot run it",
                                 "unset it to use what the processor has");
            }
            return isa;
        }
    }
    throw UsageError(fmt::format("COHORT_ISA is {}", wanted), "there is no kernel of that name",
                     "choose portable, avx2 or avx512, or unset it");
}

}  // namespace cohort

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

namespace {

#if defined(__x86_64__)
// What cmake/CohortIsa.cmake lets the compiler use. The system's support for the registers is part of the answer.
bool has_avx2() noexcept {
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
           __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0;
}

bool has_avx512() noexcept {
    return has_avx2() && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512cd") != 0 &&
           __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512ifma") != 0 &&
           __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0 &&
           __builtin_cpu_supports("avx512vpopcntdq") != 0;
}
#endif

}  // namespace

bool can_run(Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return has_avx512();
    if (isa == Isa::avx2) return has_avx2();
#endif
    return isa == Isa::portable;
}

Isa chosen_isa() {
    constexpr std::array<Isa, 3> fastest_first = {Isa::avx512, Isa::avx2, Isa::portable};
    const char* wanted = std::getenv("COHORT_ISA");
    if (wanted != nullptr && *wanted == '\0') wanted = nullptr;
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

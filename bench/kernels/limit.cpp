// The limit of a kernel: how many operations a second one core begins.
//
// Each loop is twelve operations that wait for nothing, so that only the units and the issue of operations hold them up.
// They are assembly, because a compiler would leave them out; and they multiply zeros, which no processor treats specially.

#include "kernel.hpp"

#include <algorithm>

namespace bench {

namespace {

struct Rates {
    double multiplications = 0;  // of reals, alone
    double integer_multiplications = 0;
    double all = 0;  // of mixtures of multiplications and additions, integers or reals, whichever is faster
};

constexpr int rounds = 1'000'000;
constexpr int operations_a_round = 12;

template <typename Round>
double rate_of(const Round& round) {
    double best = 0;
    for (int attempt = 0; attempt < 4; ++attempt) {
        const double start = thread_seconds();
        for (int i = 0; i < rounds; ++i) round();
        best = std::max(best, operations_a_round * double{rounds} / (thread_seconds() - start));
    }
    return best;
}

// Twelve instructions, of two kinds in turn, to registers 0 to 11.
#define BENCH_TWELVE(one, other)                                                                            \
    one "0\n" other "1\n" one "2\n" other "3\n" one "4\n" other "5\n" one "6\n" other "7\n" one "8\n" other \
        "9\n" one "10\n" other "11\n"
#define BENCH_VECTORS \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12"

#if defined(__x86_64__)

// Of instructions on vector registers that are called %ymm or %zmm.
#define BENCH_ROUND(one, other, registers)                                                     \
    [] {                                                                                       \
        asm volatile(BENCH_TWELVE(one " %%" registers "12, %%" registers "12, %%" registers,   \
                                  other " %%" registers "12, %%" registers "12, %%" registers) \
                     :                                                                         \
                     :                                                                         \
                     : BENCH_VECTORS);                                                         \
    }
#define BENCH_RATES(registers)                                                          \
    asm volatile("vpxor %%xmm12, %%xmm12, %%xmm12" : : : "xmm12");                      \
    const double fused = rate_of(BENCH_ROUND("vfmadd213pd", "vfmadd213pd", registers)); \
    const double products = rate_of(BENCH_ROUND("vpmuludq", "vpmuludq", registers));    \
    const double integers = rate_of(BENCH_ROUND("vpmuludq", "vpaddq", registers));      \
    const double reals = rate_of(BENCH_ROUND("vmulpd", "vaddpd", registers));           \
    return { fused, products, std::max(integers, reals) }

Rates rates_avx2() { BENCH_RATES("ymm"); }
Rates rates_avx512() { BENCH_RATES("zmm"); }

#define BENCH_SCALARS "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10"
#define BENCH_SIX(one, other) one "rax\n" other "rcx\n" other "rdx\n" one "rsi\n" other "rdi\n" other "r8\n"

Rates rates_portable() {
    const auto multiplications = [] {
        asm volatile(BENCH_SIX("imul $3, %%r10, %%", "imul $3, %%r10, %%")
                         BENCH_SIX("imul $3, %%r10, %%", "imul $3, %%r10, %%")
                     :
                     :
                     : BENCH_SCALARS);
    };
    const auto mixture = [] {
        asm volatile(BENCH_SIX("imul $3, %%r10, %%", "lea (%%r10, %%r10), %%")
                         BENCH_SIX("imul $3, %%r10, %%", "lea (%%r10, %%r10), %%")
                     :
                     :
                     : BENCH_SCALARS);
    };
    const double products = rate_of(multiplications);
    return {products, products, rate_of(mixture)};
}

#else

// Nothing is stated where there is no assembly for it.
Rates rates_avx2() { return {}; }
Rates rates_avx512() { return {}; }
Rates rates_portable() { return {}; }

#endif

Rates rates_of(cohort::Isa isa) {
    switch (isa) {
        case cohort::Isa::avx512: return rates_avx512();
        case cohort::Isa::avx2: return rates_avx2();
        case cohort::Isa::portable: break;
    }
    return rates_portable();
}

}  // namespace

double limit(cohort::Isa isa, Operations an_item) {
    const Rates rates = rates_of(isa);
    if (rates.all <= 0 || rates.multiplications <= 0 || rates.integer_multiplications <= 0) return 0;
    const double products = an_item.multiplications + an_item.integer_multiplications;
    return 1 / std::max({an_item.multiplications / rates.multiplications,
                         an_item.integer_multiplications / rates.integer_multiplications,
                         (products + an_item.others) / rates.all});
}

}  // namespace bench

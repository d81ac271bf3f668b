// Darts thrown by one core: by either generator, and as others would throw them.
//
// Operations for a dart are those that the comments of the kernels count.

#include "kernel.hpp"

#include <pi/kernel.hpp>

#include <cstdint>
#include <random>

#if defined(COHORT_BENCH_RANDOM123)
#include <Random123/philox.h>
#endif

namespace {

using cohort::Isa;
using cohort::pi::Generator;

constexpr std::uint64_t grain = std::uint64_t{1} << 18;

// A grain after the other, as a run calls the kernel.
void measure(Generator generator, Isa isa, bench::Operations of_a_dart) {
    std::uint64_t next = 0;
    std::uint64_t inside = 0;
    const double speed = bench::speed(static_cast<double>(grain), [&] {
        inside += cohort::pi::count_inside({next, grain}, cohort::Seed(1), generator, isa);
        next += grain;
    });
    bench::keep(inside);
    bench::print(speed, of_a_dart.others > 0 ? bench::limit(isa, of_a_dart) : 0);
}

void philox(Isa isa) {
    switch (isa) {
        case Isa::avx512: return measure(Generator::philox4x32_10, isa, {0, 42. / 16, 21. / 16});
        case Isa::avx2: return measure(Generator::philox4x32_10, isa, {0, 58. / 8, 21. / 8});
        case Isa::portable: break;
    }
    measure(Generator::philox4x32_10, isa, {});  // vectors of two: no rate of them is measured
}

void mwc52(Isa isa) {
    switch (isa) {
        case Isa::avx512: return measure(Generator::mwc52, isa, {6. / 8, 3. / 8});
        case Isa::avx2: return measure(Generator::mwc52, isa, {6. / 4, 13. / 4});
        case Isa::portable: break;
    }
    measure(Generator::mwc52, isa, {4, 12});
}

// The same for peers, which have one path: `dart()` is 1 if the next one is inside.
template <typename Dart>
void measure_peer(const Dart& dart) {
    std::uint64_t inside = 0;
    const double speed = bench::speed(static_cast<double>(grain), [&] {
        for (std::uint64_t i = 0; i < grain; ++i) inside += dart();
    });
    bench::keep(inside);
    bench::print(speed);
}

void mt19937(Isa /*isa*/) {
    std::mt19937_64 generator(1);
    measure_peer([&]() -> std::uint64_t {
        const double x = static_cast<double>(generator() >> 11) * 0x1p-53;
        const double y = static_cast<double>(generator() >> 11) * 0x1p-53;
        return x * x + y * y < 1 ? 1 : 0;
    });
}

#if defined(COHORT_BENCH_RANDOM123)
// The rule of philox4x32-10, by the library that it comes from.
void random123(Isa /*isa*/) {
    const r123::Philox4x32 generator;
    const r123::Philox4x32::key_type key = {{1, 0}};
    r123::Philox4x32::ctr_type counter = {{}};
    std::uint64_t inside = 0;
    const auto square = [](std::uint32_t word) {
        const std::int64_t x = static_cast<std::int32_t>(word);
        return static_cast<std::uint64_t>(x * x);
    };
    const double speed = bench::speed(static_cast<double>(grain), [&] {
        for (std::uint64_t i = 0; i < grain; i += 2) {
            const r123::Philox4x32::ctr_type words = generator(counter, key);
            counter.incr();
            inside += square(words[0]) + square(words[1]) < std::uint64_t{1} << 62 ? 1U : 0U;
            inside += square(words[2]) + square(words[3]) < std::uint64_t{1} << 62 ? 1U : 0U;
        }
    });
    bench::keep(inside);
    bench::print(speed);
}
#endif

}  // namespace

int main(int argc, char** argv) {
    return bench::run_contestant(
        {
            {"philox4x32-10", philox}, {"mwc52", mwc52},
#if defined(COHORT_BENCH_RANDOM123)
                {"random123", random123},
#endif
            {
                "mt19937_64", mt19937
            }
        },
        argc, argv);
}

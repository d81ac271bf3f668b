// What the programs that measure kernels have in common: how long to run one, and what would be possible at best.
//
// A program is called with the name of a contestant and a path, and prints one line: items per second of one core, and
// the limit in the same unit, 0 where none is stated. bench/run calls all contestants of a table in turn, again and
// again. Time is that of the thread, so that a neighbour that takes the core away counts less.
#pragma once

#include <common/isa.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <utility>

namespace bench {

// What a kernel's comment says that an item costs, in vector operations of the path: multiplications of reals (also those
// with an addition, and those of 52-bit integers, which the same units do), all others, and multiplications of 32-bit
// integers. On the portable path they are operations of 64-bit integers or doubles.
struct Operations {
    double multiplications = 0;
    double others = 0;
    double integer_multiplications = 0;
};

// Items per second of one core, if every operation could begin at once wherever there is a unit for it: the rates are
// measured, 20 ms each, of either multiplication alone and of mixtures.
[[nodiscard]] double limit(cohort::Isa isa, Operations an_item);

[[nodiscard]] inline double thread_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Items per second of this thread: calls run(), which does so many items, for at least a quarter of a second after one call
// that only warms up.
template <typename Run>
[[nodiscard]] double speed(double items, const Run& run) {
    constexpr double at_least = 0.25;
    run();
    const double start = thread_seconds();
    double taken = 0;
    double done = 0;
    while (taken < at_least) {
        run();
        done += items;
        taken = thread_seconds() - start;
    }
    return done / taken;
}

inline void print(double items_per_second, double most = 0) {
    std::printf("%.9g %.9g\n", items_per_second, most);
}

// The compiler may not leave out what led to `value`.
template <typename T>
void keep(const T& value) {
    asm volatile("" : : "g"(&value) : "memory");
}

[[nodiscard]] inline cohort::Isa isa_named(const std::string& name) {
    for (const auto isa : {cohort::Isa::portable, cohort::Isa::avx2, cohort::Isa::avx512}) {
        if (cohort::name(isa) == name && cohort::can_run(isa)) return isa;
    }
    std::fprintf(stderr, "bench: no path %s here\n", name.c_str());
    std::exit(2);
}

// Contestants by name; each measures itself on a path and prints.
using Contestants = std::map<std::string, void (*)(cohort::Isa)>;

inline int run_contestant(const Contestants& contestants, int argc, char** argv) {
    const auto chosen = argc == 3 ? contestants.find(argv[1]) : contestants.end();
    if (chosen == contestants.end()) {
        std::fprintf(stderr, "usage: %s CONTESTANT portable|avx2|avx512, where contestants are\n", argv[0]);
        for (const auto& [name, measure] : contestants) std::fprintf(stderr, "    %s\n", name.c_str());
        return 2;
    }
    chosen->second(isa_named(argv[2]));
    return 0;
}

}  // namespace bench

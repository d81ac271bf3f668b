// Trial division of a prime near 2^64: integers covered near its root, on one core.

#include "kernel.hpp"

#include <primes/trial.hpp>

namespace {

constexpr std::uint64_t prime = 18'446'744'073'709'551'557U;
constexpr std::uint64_t first = 4'200'000'000U;

template <typename Look>
double covered(std::uint64_t integers, const Look& look) {
    std::uint64_t n = prime;
    return bench::speed(static_cast<double>(integers), [&] {
        bench::keep(n);
        bench::keep(look(n, first, first + integers));
    });
}

void trial(cohort::Isa isa) {
    // A turn of 30 costs 2 1/8 operations and every eighth 3 more; by AVX-512 two turns do.
    const double turns = isa == cohort::Isa::avx512 ? 60 : 30;
    const double vectors = isa == cohort::Isa::portable ? 0 : 1;
    const auto look = [isa](std::uint64_t n, std::uint64_t from, std::uint64_t end) {
        return cohort::primes::smallest_factor_in(
                   n, {from, end - from}, [] { return false; }, isa)
            .tried;
    };
    const double most = bench::limit(isa, {0, (2 + 4.0 / 8) / turns});
    bench::print(covered(30 * 1024 * 1024, look), most * vectors);
}

void odd(cohort::Isa /*isa*/) {
    bench::print(covered(1'000'000, [](std::uint64_t n, std::uint64_t from, std::uint64_t end) {
        for (std::uint64_t d = from | 1; d < end; d += 2) {
            if (n % d == 0) return d;
        }
        return std::uint64_t{0};
    }));
}

void wheel(cohort::Isa /*isa*/) {
    bench::print(covered(1'000'000, [](std::uint64_t n, std::uint64_t from, std::uint64_t end) {
        for (std::uint64_t base = from / 30 * 30; base < end; base += 30) {
            for (const unsigned residue : {1U, 7U, 11U, 13U, 17U, 19U, 23U, 29U}) {
                if (n % (base + residue) == 0) return base + residue;
            }
        }
        return std::uint64_t{0};
    }));
}

}  // namespace

int main(int argc, char** argv) {
    return bench::run_contestant({{"trial", trial}, {"odd", odd}, {"wheel", wheel}}, argc, argv);
}

// Steps of z*z + c done by one core: the book's view, an inside whose cycles are soon found, and one where there are none
// to be found, so that each step is done.
//
// Steps are those that a pixel counts, whether or not it took all of them. Limits are those of the steps in blocks,
// 3 multiplications and 4 additions for each vector, or 4 and 2 with a fused product, which half of the vectors of avx2 and
// all of avx512 have where c is not real, or fused 3 and 1; the first steps, and those of the leaving, cost more.

#include "kernel.hpp"

#include <julia/kernel.hpp>

#include <cstdint>
#include <numeric>
#include <vector>

namespace {

using cohort::Isa;
using cohort::julia::Arithmetic;
using cohort::julia::View;

View book() { return {}; }

View inside() {
    return {.width = 200,
            .height = 200,
            .max_iter = 20'000,
            .c{-0.4, 0.1},
            .x1 = -0.5,
            .x2 = 0.5,
            .y1 = -0.5,
            .y2 = 0.5};
}

// Goes to 1/2 so slowly that it takes 10^8 steps to come round.
View no_cycles() {
    return {.width = 60,
            .height = 60,
            .max_iter = 20'000,
            .c{0.25, 0},
            .x1 = -0.3,
            .x2 = 0.3,
            .y1 = -0.3,
            .y2 = 0.3};
}

// Steps per second of count(counts), which fills the counts of the view.
template <typename Count>
double speed_of(const View& view, const Count& count) {
    std::vector<std::uint32_t> counts(view.width * view.height);
    count(counts);
    const auto steps = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    return bench::speed(static_cast<double>(steps), [&] {
        count(counts);
        bench::keep(counts);
    });
}

template <View (*view)(), Arithmetic arithmetic, bool is_limited>
void kernel(Isa isa) {
    const double steps_per_second = speed_of(view(), [&](std::vector<std::uint32_t>& counts) {
        cohort::julia::count_steps(view(), {0, view().height}, arithmetic, isa, counts);
    });
    const double lanes = isa == Isa::avx512 ? 8 : 4;
    const bool is_fused = arithmetic == Arithmetic::fma;
    const double with_fused_product = view().c.imag() == 0 ? 0 : isa == Isa::avx512 ? 1 : 0.5;
    const bench::Operations step =
        is_fused ? bench::Operations{3, 1}
                 : bench::Operations{3 + with_fused_product, 4 - 2 * with_fused_product};
    const bool is_known = is_limited && isa != Isa::portable;  // vectors of two: no rate of them is measured
    bench::print(steps_per_second,
                 is_known ? bench::limit(isa, {step.multiplications / lanes, step.others / lanes}) : 0);
}

// As the book has it, a pixel at a time.
template <View (*view)()>
void plain(Isa) {
    bench::print(speed_of(view(), [](std::vector<std::uint32_t>& counts) {
        const View all = view();
        std::size_t place = 0;
        for (std::uint64_t j = 0; j < all.height; ++j) {
            for (std::uint64_t i = 0; i < all.width; ++i) {
                double re = all.x(i);
                double im = all.y(j);
                std::uint32_t n = 0;
                while (re * re + im * im < 4 && n < all.max_iter) {
                    const double next = re * re - im * im + all.c.real();
                    im = 2 * re * im + all.c.imag();
                    re = next;
                    ++n;
                }
                counts[place++] = n;
            }
        }
    }));
}

}  // namespace

int main(int argc, char** argv) {
    constexpr auto ieee = Arithmetic::ieee;
    constexpr auto fma = Arithmetic::fma;
    return bench::run_contestant({{"book_ieee", kernel<book, ieee, true>},
                                  {"book_fma", kernel<book, fma, true>},
                                  {"inside_ieee", kernel<inside, ieee, false>},
                                  {"inside_fma", kernel<inside, fma, false>},
                                  {"no_cycles_ieee", kernel<no_cycles, ieee, true>},
                                  {"no_cycles_fma", kernel<no_cycles, fma, true>},
                                  {"plain_book", plain<book>},
                                  {"plain_inside", plain<inside>},
                                  {"plain_no_cycles", plain<no_cycles>}},
                                 argc, argv);
}

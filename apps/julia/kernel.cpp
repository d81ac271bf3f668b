#include <julia/kernel.hpp>

#include <julia/lanes.hpp>

namespace cohort::julia {

namespace {

void count(const Job& job, Isa isa) {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return count_avx512(job);
    if (isa == Isa::avx2) return count_avx2(job);
#else
    (void)isa;
#endif
    count_portable(job);
}

double x_step(const View& view) noexcept { return (view.x2 - view.x1) / static_cast<double>(view.width); }
double y_step(const View& view) noexcept { return (view.y2 - view.y1) / static_cast<double>(view.height); }

}  // namespace

double View::x(std::uint64_t i) const noexcept { return x1 + static_cast<double>(i) * x_step(*this); }

double View::y(std::uint64_t j) const noexcept { return y2 - static_cast<double>(j) * y_step(*this); }

void count_steps(const View& view, Range rows, Arithmetic arithmetic, Isa isa,
                 std::span<std::uint32_t> counts, std::span<std::complex<double>> ends,
                 const std::function<bool()>& should_stop) {
    const auto ask = [](const void* context) {
        const auto& asks = *static_cast<const std::function<bool()>*>(context);
        return asks && asks();
    };
    count(
        {
            .width = view.width,
            .first_row = rows.first,
            .rows = view.width > 0 ? rows.count : 0,
            .max_iter = view.max_iter,
            .c_re = view.c.real(),
            .c_im = view.c.imag(),
            .x1 = view.x1,
            .x_step = x_step(view),
            .y2 = view.y2,
            .y_step = y_step(view),
            .is_fused = arithmetic == Arithmetic::fma,
            .counts = counts.data(),
            .ends = ends.empty() ? nullptr : reinterpret_cast<double*>(ends.data()),
            .should_stop = ask,
            .context = &should_stop,
        },
        isa);
}

}  // namespace cohort::julia

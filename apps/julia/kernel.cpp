#include <julia/kernel.hpp>

#include <julia/lanes.hpp>

#include <vector>

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
    std::vector<double> x(view.width + Columns::padding);
    for (std::uint64_t i = 0; i < view.width; ++i) x[i] = view.x(i);
    const Columns columns{x.data(), nullptr, view.width};
    std::vector<Row> listed;
    for (std::uint64_t j = 0; j < rows.count && view.width > 0; ++j)
        listed.push_back({view.y(rows.first + j), j * view.width, &columns});
    const auto ask = [](const void* context) {
        const auto& asks = *static_cast<const std::function<bool()>*>(context);
        return asks && asks();
    };
    count(
        {
            .rows = listed.data(),
            .row_count = listed.size(),
            .max_iter = view.max_iter,
            .c_re = view.c.real(),
            .c_im = view.c.imag(),
            .is_fused = arithmetic == Arithmetic::fma,
            .counts = counts.data(),
            .ends = ends.empty() ? nullptr : reinterpret_cast<double*>(ends.data()),
            .should_stop = ask,
            .context = &should_stop,
        },
        isa);
}

}  // namespace cohort::julia

#include <julia/kernel.hpp>

#include <julia/lanes.hpp>

#include <cmath>
#include <utility>
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

// Which columns are counted, and which get their counts from these.
//
// For a real c the orbits of x + yi and -x + yi are each other's conjugates from the first step on, rounding included, so
// where two columns are at x and -x exactly, one is enough. Coordinates that are rounded are often not exactly so: of the
// 1000 columns from -1.8 to 1.8 a quarter is, of those from -2 to 2 each but the first.
class CountedColumns {
  public:
    explicit CountedColumns(const View& view) {
        std::vector<double> all(view.width);
        for (std::uint64_t i = 0; i < view.width; ++i) all[i] = view.x(i);
        const bool is_real = view.c.imag() == 0 && !std::signbit(view.c.imag());
        const double sum = std::round(-2 * view.x1 / x_step(view));  // of the numbers of two mirrored columns
        const bool may_be_mirrored = is_real && sum >= 1 && sum < 2 * static_cast<double>(view.width);
        for (std::uint64_t i = 0; i < view.width; ++i) {
            const std::uint64_t other = may_be_mirrored ? static_cast<std::uint64_t>(sum) - i : i;
            if (other < i && all[other] == -all[i]) {
                copies_.emplace_back(other, i);
            } else {
                is_from_the_first_on_ &= numbers_.size() == i;
                numbers_.push_back(static_cast<std::int64_t>(i));
                x_.push_back(all[i]);
            }
        }
        x_.resize(x_.size() + Columns::padding);
        numbers_.resize(numbers_.size() + Columns::padding);
    }

    // As long as this object.
    [[nodiscard]] Columns counted() const noexcept {
        return {x_.data(), is_from_the_first_on_ ? nullptr : numbers_.data(), x_.size() - Columns::padding};
    }

    // To the other columns of a row; `ends` is empty, or where the row's begin.
    void copy(std::span<std::uint32_t> counts, std::span<std::complex<double>> ends) const noexcept {
        for (const auto& [from, to] : copies_) counts[to] = counts[from];
        if (ends.empty()) return;
        for (const auto& [from, to] : copies_) {
            const double re = ends[from].real();
            const double im = ends[from].imag();
            // A zero is +0 in both orbits.
            ends[to] = counts[from] == 0 ? std::complex(-re, im) : std::complex(re, im == 0 ? im : -im);
        }
    }

  private:
    std::vector<double> x_;
    std::vector<std::int64_t> numbers_;
    bool is_from_the_first_on_ = true;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> copies_;  // from, to
};

}  // namespace

double View::x(std::uint64_t i) const noexcept { return x1 + static_cast<double>(i) * x_step(*this); }

double View::y(std::uint64_t j) const noexcept { return y2 - static_cast<double>(j) * y_step(*this); }

void count_steps(const View& view, Range rows, Arithmetic arithmetic, Isa isa,
                 std::span<std::uint32_t> counts, std::span<std::complex<double>> ends,
                 const std::function<bool()>& should_stop) {
    if (view.width == 0) return;
    const CountedColumns all(view);
    const Columns columns = all.counted();
    std::vector<Row> listed;
    for (std::uint64_t j = 0; j < rows.count; ++j)
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
    for (std::uint64_t j = 0; j < rows.count; ++j) {
        all.copy(counts.subspan(j * view.width, view.width),
                 ends.empty() ? ends : ends.subspan(j * view.width, view.width));
    }
}

}  // namespace cohort::julia

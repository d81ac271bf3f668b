#include <julia/kernel.hpp>

#include <julia/lanes.hpp>
#include <julia/mirror.hpp>

#include <optional>
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

// Some columns of a view, as the kernels take them.
class ChosenColumns {
  public:
    template <typename IsChosen>
    ChosenColumns(const Axis& columns, const IsChosen& is_chosen) {
        for (std::uint64_t i = 0; i < columns.size(); ++i) {
            if (!is_chosen(i)) continue;
            is_from_the_first_on_ &= numbers_.size() == i;
            numbers_.push_back(static_cast<std::int64_t>(i));
            x_.push_back(columns[i]);
        }
        x_.resize(x_.size() + Columns::padding);
        numbers_.resize(numbers_.size() + Columns::padding);
        columns_ = {x_.data(), is_from_the_first_on_ ? nullptr : numbers_.data(),
                    x_.size() - Columns::padding};
    }
    ChosenColumns(const ChosenColumns&) = delete;
    ChosenColumns& operator=(const ChosenColumns&) = delete;

    [[nodiscard]] const Columns& get() const noexcept { return columns_; }

  private:
    std::vector<double> x_;
    std::vector<std::int64_t> numbers_;
    bool is_from_the_first_on_ = true;
    Columns columns_{};
};

enum class Image { negative, conjugate, negative_conjugate };

// Where z is when its image's orbit leaves. From the first step on, -z has the orbit of z.
std::complex<double> end_of(Image image, std::uint32_t count, std::complex<double> end) noexcept {
    const double re = end.real();
    const double im = end.imag();
    if (image == Image::negative) return count == 0 ? std::complex(-re, -im) : end;
    if (count == 0) return image == Image::conjugate ? std::complex(re, -im) : std::complex(-re, im);
    return {re, im == 0 ? im : -im};  // a zero is +0 in both orbits
}

}  // namespace

double View::x(std::uint64_t i) const noexcept { return x1 + static_cast<double>(i) * x_step(*this); }

double View::y(std::uint64_t j) const noexcept { return y2 - static_cast<double>(j) * y_step(*this); }

// Of rows that are no image of another row, a real c leaves half of the columns to be counted; of those that are, it leaves
// none, and any other c those without an image.
struct BandCounter::State {
    State(const View& of, Arithmetic by, Isa on)
        : view(of),
          arithmetic(by),
          isa(on),
          is_real(has_real_c(of)),
          columns(Axis::of_columns(of)),
          of_rows(columns, [this](std::uint64_t i) { return !is_real || columns.image(i).value_or(i) >= i; }),
          of_mirrored(columns, [this](std::uint64_t i) { return !is_real && !columns.image(i); }) {
        for (std::uint64_t i = 0; i < columns.size(); ++i) {
            const auto image = columns.image(i);
            if (image && (!is_real || *image < i)) copies.push_back({*image, i});
        }
    }

    // By its place in the band.
    [[nodiscard]] static std::uint64_t row_at(const Band& band, std::uint64_t place) noexcept {
        return place < band.rows.count ? band.rows.first + place
                                       : band.mirrored.first + (place - band.rows.count);
    }
    // The place of the row that the one at `place` is exactly the image of.
    [[nodiscard]] std::optional<std::uint64_t> original(const Band& band,
                                                        std::uint64_t place) const noexcept {
        const std::uint64_t row = row_at(band, place);
        if (place < band.rows.count || row > band.sum || !band.rows.contains(band.sum - row)) return {};
        if (view.y(band.sum - row) != -view.y(row)) return {};
        return band.sum - row - band.rows.first;
    }
    [[nodiscard]] std::vector<Row> rows(const Band& band) const {
        std::vector<Row> rows;
        for (std::uint64_t place = 0; place < band.row_count(); ++place) {
            const Columns& counted = original(band, place) ? of_mirrored.get() : of_rows.get();
            if (counted.count > 0)
                rows.push_back({view.y(row_at(band, place)), place * view.width, &counted});
        }
        return rows;
    }
    void copy(const Band& band, std::span<std::uint32_t> counts, std::span<std::complex<double>> ends) const {
        const auto copy_one = [&](Image image, std::uint64_t from, std::uint64_t to) {
            counts[to] = counts[from];
            if (!ends.empty()) ends[to] = end_of(image, counts[from], ends[from]);
        };
        for (std::uint64_t place = 0; place < band.row_count(); ++place) {
            const auto mirrored = original(band, place);
            if (!mirrored && !is_real) continue;
            const std::uint64_t from = mirrored.value_or(place) * view.width;
            const std::uint64_t to = place * view.width;
            if (mirrored && is_real) {
                for (std::uint64_t i = 0; i < view.width; ++i) copy_one(Image::conjugate, from + i, to + i);
                continue;
            }
            const Image image = mirrored ? Image::negative : Image::negative_conjugate;
            for (const Copy& copy : copies) copy_one(image, from + copy.from, to + copy.to);
        }
    }

    struct Copy {
        std::uint64_t from;
        std::uint64_t to;
    };

    View view;
    Arithmetic arithmetic;
    Isa isa;
    bool is_real;
    Axis columns;
    ChosenColumns of_rows;
    ChosenColumns of_mirrored;
    std::vector<Copy> copies;  // columns
};

BandCounter::BandCounter(const View& view, Arithmetic arithmetic, Isa isa)
    : state_(std::make_unique<State>(view, arithmetic, isa)) {}

BandCounter::~BandCounter() = default;

void BandCounter::count(const Band& band, std::span<std::uint32_t> counts,
                        std::span<std::complex<double>> ends,
                        const std::function<bool()>& should_stop) const {
    const View& view = state_->view;
    if (view.width == 0) return;
    const std::vector<Row> rows = state_->rows(band);
    const auto ask = [](const void* context) {
        const auto& asks = *static_cast<const std::function<bool()>*>(context);
        return asks && asks();
    };
    julia::count(
        {
            .rows = rows.data(),
            .row_count = rows.size(),
            .max_iter = view.max_iter,
            .c_re = view.c.real(),
            .c_im = view.c.imag(),
            .is_fused = state_->arithmetic == Arithmetic::fma,
            .counts = counts.data(),
            .ends = ends.empty() ? nullptr : reinterpret_cast<double*>(ends.data()),
            .should_stop = ask,
            .context = &should_stop,
        },
        state_->isa);
    state_->copy(band, counts, ends);
}

void count_steps(const View& view, Range rows, Arithmetic arithmetic, Isa isa,
                 std::span<std::uint32_t> counts, std::span<std::complex<double>> ends,
                 const std::function<bool()>& should_stop) {
    BandCounter(view, arithmetic, isa).count({.rows = rows}, counts, ends, should_stop);
}

}  // namespace cohort::julia

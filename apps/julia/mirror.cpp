#include <julia/mirror.hpp>

#include <cmath>

namespace cohort::julia {

Axis Axis::of_columns(const View& view) {
    std::vector<double> at(view.width);
    for (std::uint64_t i = 0; i < view.width; ++i) at[i] = view.x(i);
    return Axis(std::move(at));
}

Axis Axis::of_rows(const View& view) {
    std::vector<double> at(view.height);
    for (std::uint64_t j = 0; j < view.height; ++j) at[j] = view.y(j);
    return Axis(std::move(at));
}

Axis::Axis(std::vector<double> at) : at_(std::move(at)) {
    if (at_.size() < 2) return;
    const double last = static_cast<double>(at_.size() - 1);
    const double sum = std::round(2 * at_.front() / (at_.front() - at_.back()) * last);
    if (sum >= 1 && sum < 2 * last) sum_ = static_cast<std::uint64_t>(sum);
}

std::uint64_t Axis::images() const noexcept {
    std::uint64_t images = 0;
    for (std::uint64_t i = 0; i < at_.size(); ++i) images += image(i) ? 1U : 0U;
    return images;
}

// A zero that is -0 would give conjugates zeros of other signs.
bool has_real_c(const View& view) noexcept { return view.c.imag() == 0 && !std::signbit(view.c.imag()); }

}  // namespace cohort::julia

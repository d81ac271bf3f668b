#include <julia/bands.hpp>

#include <julia/mirror.hpp>

#include <algorithm>

namespace cohort::julia {

namespace {

std::uint64_t size_of_bands(const View& view) noexcept {
    constexpr std::uint64_t most_pixels = 1 << 16;
    constexpr std::uint64_t most_steps = 1 << 26;  // 20 ms of one core with AVX-512
    constexpr std::uint64_t least_bands = 256;
    const std::uint64_t rows = std::min(
        {most_pixels / view.width, most_steps / (view.width * view.max_iter), view.height / least_bands});
    return std::max<std::uint64_t>(rows, 1);
}

}  // namespace

Bands::Bands(const View& view) : height_(view.height), size_(size_of_bands(view)), upper_(view.height) {
    const Axis rows = Axis::of_rows(view);
    if (rows.sum() == 0) return;
    const std::uint64_t columns = has_real_c(view) ? view.width : Axis::of_columns(view).images();
    // Pairs are half as many as rows that have an image.
    constexpr double least = 1. / 16;
    const double saved = static_cast<double>(rows.images()) / 2 * static_cast<double>(columns);
    if (saved < least * static_cast<double>(view.width) * static_cast<double>(view.height)) return;
    sum_ = rows.sum();
    upper_ = sum_ / 2 + 1;
}

std::uint64_t Bands::count() const noexcept {
    const std::uint64_t below = sum_ == 0 || sum_ + 1 >= height_ ? 0 : height_ - sum_ - 1;
    return upper_count() + (below + size_ - 1) / size_;
}

Band Bands::operator[](Index number) const noexcept {
    const auto range = [](std::uint64_t first, std::uint64_t end) {
        return Range{first, end > first ? end - first : 0};
    };
    if (is_below_mirrored(number)) {
        const std::uint64_t first = sum_ + 1 + (number - upper_count()) * size_;
        return {range(first, std::min(first + size_, height_))};
    }
    const std::uint64_t first = number * size_;
    const std::uint64_t end = std::min(first + size_, upper_);
    if (sum_ == 0) return {range(first, end)};
    return {.rows = range(first, end),
            .mirrored = range(std::max(upper_, sum_ + 1 - end), std::min(height_, sum_ + 1 - first)),
            .sum = sum_};
}

}  // namespace cohort::julia

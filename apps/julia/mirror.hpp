// Pixels of a view that are each other's images, so that one of them need not be counted.
//
// z and -z have the same square, so the same orbit from the first step on, rounding included; for a real c, z and its
// conjugate have conjugate orbits. What decides is whether the coordinates are each other's negatives as doubles. Rounded
// coordinates often are not: of 1000 columns from -1.8 to 1.8 a quarter is, of those from -2 to 2 each but the first.
#pragma once

#include <julia/kernel.hpp>

#include <optional>
#include <vector>

namespace cohort::julia {

// The coordinates of columns or rows, in their order.
class Axis {
  public:
    [[nodiscard]] static Axis of_columns(const View& view);
    [[nodiscard]] static Axis of_rows(const View& view);

    [[nodiscard]] double operator[](std::uint64_t i) const noexcept { return at_[i]; }
    [[nodiscard]] std::uint64_t size() const noexcept { return at_.size(); }
    // i and sum() - i are where mirror images may be; 0 if nowhere.
    [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }
    // Who is at exactly the negative of i's coordinate, i itself at 0.
    [[nodiscard]] std::optional<std::uint64_t> image(std::uint64_t i) const noexcept {
        if (sum_ == 0 || i > sum_ || sum_ - i >= at_.size() || at_[sum_ - i] != -at_[i]) return {};
        return sum_ - i;
    }
    [[nodiscard]] std::uint64_t images() const noexcept;

  private:
    explicit Axis(std::vector<double> at);

    std::vector<double> at_;
    std::uint64_t sum_ = 0;
};

// True where conjugates have conjugate orbits.
[[nodiscard]] bool has_real_c(const View& view) noexcept;

}  // namespace cohort::julia

// How many steps of z -> z*z + c each pixel of a view stays within |z| < 2.
//
// The rule, in IEEE doubles, so exact that every kernel on every machine counts the same: pixel (i, j), i to the right
// and j down, starts at
//     x1 + i * ((x2 - x1) / width),  y2 - j * ((y2 - y1) / height)
// and while re*re + im*im < 4 and fewer than max_iter steps are done, re becomes re*re - im*im + c_re, and im
// becomes 2*re*im + c_im. The count is the number of steps done. Each operation is rounded by itself, or, in the
// arithmetic `fma`, only once for a product with its sum:
//     fma(re, re, im*im) < 4,  re' = fma(re, re, fma(-im, im, c_re)),  im' = fma(re + re, im, c_im)
#pragma once

#include <cohort/plan/index.hpp>
#include <common/isa.hpp>

#include <complex>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace cohort::julia {

enum class Arithmetic { ieee, fma };

// What is looked at: a picture of `width` x `height` pixels over the plane from x1 to x2 and y1 to y2, row 0
// at the top.
struct View {
    std::uint64_t width = 1000;
    std::uint64_t height = 1000;
    std::uint32_t max_iter = 300;
    std::complex<double> c{-0.62772, -0.42193};
    double x1 = -1.8;
    double x2 = 1.8;
    double y1 = -1.8;
    double y2 = 1.8;

    // Coordinates of column i and row j.
    [[nodiscard]] double x(std::uint64_t i) const noexcept;
    [[nodiscard]] double y(std::uint64_t j) const noexcept;
};

// Local. Counts the steps of all pixels of whole rows, in row-major order. `counts` has an element for each
// pixel; so has `ends`, or none: it receives z as it was when the pixel left |z| < 2, for smooth colours, and
// anything where the count is max_iter. `should_stop` is asked every 50 us or so; once it says true, the rest
// is left as it is.
void count_steps(const View& view, Range rows, Arithmetic arithmetic, Isa isa,
                 std::span<std::uint32_t> counts, std::span<std::complex<double>> ends = {},
                 const std::function<bool()>& should_stop = {});

// Rows, and rows that may be mirror images of them at the real axis: row j of row sum - j.
struct Band {
    Range rows;
    Range mirrored = {};
    std::uint64_t sum = 0;

    [[nodiscard]] std::uint64_t row_count() const noexcept { return rows.count + mirrored.count; }
};

// Counts bands of a view. What is exactly the image of another pixel is not counted again.
class BandCounter {
  public:
    BandCounter(const View& view, Arithmetic arithmetic, Isa isa);
    ~BandCounter();
    BandCounter(const BandCounter&) = delete;
    BandCounter& operator=(const BandCounter&) = delete;

    // Local. As count_steps, the mirrored rows last.
    void count(const Band& band, std::span<std::uint32_t> counts, std::span<std::complex<double>> ends,
               const std::function<bool()>& should_stop) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cohort::julia

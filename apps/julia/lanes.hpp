// What the kernels, each compiled for its instruction set, are asked for: plain types alone.
#pragma once

#include <cstdint>

namespace cohort::julia {

// Whole rows of a view. Pixel (i, j) of them starts at x1 + i * x_step, y2 - (first_row + j) * y_step.
struct Job {
    std::uint64_t width;
    std::uint64_t first_row;
    std::uint64_t rows;
    std::int64_t max_iter;
    double c_re, c_im;
    double x1, x_step;
    double y2, y_step;
    bool is_fused;
    std::uint32_t* counts;
    double* ends;  // real and imaginary part of each pixel's, or null
    bool (*should_stop)(const void* context);
    const void* context;
};

void count_portable(const Job& job);
void count_avx2(const Job& job);
void count_avx512(const Job& job);

}  // namespace cohort::julia

// What the kernels, each compiled for its instruction set, are asked for: plain types alone.
#pragma once

#include <cstdint>

namespace cohort::julia {

// Columns of a picture. Both lists go on for `padding` more, of any value.
struct Columns {
    static constexpr std::uint64_t padding = 64;

    const double* x;
    const std::int64_t* numbers;  // or null: 0, 1, 2 ...
    std::uint64_t count;          // at least 1
};

// Pixels of a row. That of column i has its count at counts[first_place + i].
struct Row {
    double y;
    std::uint64_t first_place;
    const Columns* columns;
};

struct Job {
    const Row* rows;
    std::uint64_t row_count;
    std::int64_t max_iter;
    double c_re, c_im;
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

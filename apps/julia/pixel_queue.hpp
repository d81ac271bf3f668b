// Pixels in no order, of which a vector's lanes are added, or the last taken, at a time.
//
// A lane that is free takes any pixel, so the end is as good as the beginning, and nothing is ever moved.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cohort::julia {

namespace {

template <typename V>
struct PixelQueue {
    static constexpr std::size_t capacity = 2 * V::groups * V::lanes;

    alignas(64) double re[capacity + V::lanes] = {};  // stores and loads are of whole vectors
    alignas(64) double im[capacity + V::lanes] = {};
    alignas(64) std::int64_t place[capacity + V::lanes] = {};
    alignas(64) std::int64_t steps[capacity + V::lanes] = {};  // done so far
    std::size_t count = 0;

    void add(unsigned lanes, typename V::Reals more_re, typename V::Reals more_im,
             typename V::Wholes more_places, typename V::Wholes more_steps) {
        V::store(re + count, V::compress(lanes, more_re));
        V::store(im + count, V::compress(lanes, more_im));
        V::store(place + count, V::compress(lanes, more_places));
        V::store(steps + count, V::compress(lanes, more_steps));
        count += static_cast<std::size_t>(__builtin_popcount(lanes));
    }
};

}  // namespace

}  // namespace cohort::julia

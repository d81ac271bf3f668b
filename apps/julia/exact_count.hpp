// Counting with a test at every step: all pixels at first, and at last those that leave or reach the limit.
//
// A step of a vector costs 4 operations more than in a block: the sum of the squares, its comparison, the count, and its
// part in whether any goes on.
#pragma once

#include <julia/lanes.hpp>
#include <julia/pixel_queue.hpp>

#include <cstddef>
#include <cstdint>

namespace cohort::julia {

namespace {

// `freezes` as in lanes_kernel.hpp: who left stays out by being held where it was, not by its own z.
template <typename V, typename Rule, bool freezes>
class ExactCount {
  public:
    static constexpr std::size_t groups = V::groups;
    static constexpr std::size_t pixels_at_once = groups * V::lanes;
    using Reals = typename V::Reals;
    using Wholes = typename V::Wholes;

    struct Pixels {
        Reals re[groups];
        Reals im[groups];
        Wholes steps[groups];
        typename V::Mask in[groups];  // lanes that never left
    };

    explicit ExactCount(const Job& job) : job_(job), c_re_(V::set(job.c_re)), c_im_(V::set(job.c_im)) {}

    // At most `most` steps.
    [[gnu::always_inline]] void advance(Pixels& pixels, std::int64_t most) const {
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) pixels.in[g] = V::mask_of((1U << V::lanes) - 1);
#pragma GCC unroll 1
        for (std::int64_t step = 0; step < most; ++step) {
            typename V::Mask any = V::mask_of(0);
#pragma GCC unroll 8
            for (std::size_t g = 0; g < groups; ++g) {
                const auto is_in = V::is_below_four(Rule::norm(pixels.re[g], pixels.im[g]));
                pixels.in[g] = freezes ? V::both(pixels.in[g], is_in) : is_in;
                any = V::either(any, pixels.in[g]);
                const Reals old_re = pixels.re[g];
                const Reals old_im = pixels.im[g];
                Rule::step(g, pixels.re[g], pixels.im[g], c_re_, c_im_);
                if constexpr (freezes) {
                    pixels.re[g] = V::select(pixels.in[g], pixels.re[g], old_re);
                    pixels.im[g] = V::select(pixels.in[g], pixels.im[g], old_im);
                }
                pixels.steps[g] = V::increment(pixels.in[g], pixels.steps[g]);
            }
            if (V::bits(any) == 0) break;
        }
    }

    // Counts all pixels of a queue to their end, which comes within so many steps, and keeps their counts.
    [[gnu::noinline]] void finish(PixelQueue<V>& queue, std::int64_t most) const {
        for (std::size_t from = 0; from < queue.count; from += pixels_at_once) {
            Pixels pixels;
#pragma GCC unroll 8
            for (std::size_t g = 0; g < groups; ++g) {
                const std::size_t at = from + g * V::lanes < queue.count ? from + g * V::lanes : from;
                pixels.re[g] = V::load(queue.re + at);
                pixels.im[g] = V::load(queue.im + at);
                pixels.steps[g] = V::load(queue.steps + at);
            }
            advance(pixels, most);
#pragma GCC unroll 8
            for (std::size_t g = 0; g < groups; ++g) {
                const std::size_t at = from + g * V::lanes;
                if (at < queue.count) keep_all(pixels, g, queue.place + at, queue.count - at);
            }
        }
        queue.count = 0;
    }

    // Keeps what is known of the pixels of a group, the first `count` of them if it has more lanes.
    void keep_all(const Pixels& pixels, std::size_t group, const std::int64_t* places,
                  std::size_t count) const {
        double re[V::lanes];
        double im[V::lanes];
        std::int64_t steps[V::lanes];
        V::store(re, pixels.re[group]);
        V::store(im, pixels.im[group]);
        V::store(steps, pixels.steps[group]);
        for (std::size_t lane = 0; lane < V::lanes && lane < count; ++lane)
            keep(places[lane], steps[lane], re[lane], im[lane]);
    }

    void keep(std::int64_t place, std::int64_t steps, double re, double im) const {
        job_.counts[place] = static_cast<std::uint32_t>(steps < job_.max_iter ? steps : job_.max_iter);
        if (job_.ends != nullptr) {
            job_.ends[2 * place] = re;
            job_.ends[2 * place + 1] = im;
        }
    }

  private:
    const Job& job_;
    Reals c_re_, c_im_;
};

}  // namespace

}  // namespace cohort::julia

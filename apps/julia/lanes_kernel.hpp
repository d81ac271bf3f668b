// The one kernel, to be compiled for each set of vectors.
//
// Most pixels of a picture leave |z| < 2 within a few steps, and most steps are done by the few that stay. So all
// pixels begin in order, side by side, with a test at every step (begin). Those that are still there after `first_steps`
// wait until a lane is free (waiting), and go on in blocks of steps without any test. At the end of a block, a lane
// whose z is out gives what its pixel was before the block to a second queue (leaving), and takes the next that waits.
// Queues are worked off by whole vectors; the leaving do the block again with a test at every step, so their counts and
// what z was are exact.
//
// That the end of a block shows who left within it needs that nobody comes back. For |c| <= 1.99 nobody does, rounding
// included: |z|^2 >= 4 - 2^-50 makes |z'| >= |z|^2 - |c| - a few roundings > 2.009, and overflow makes infinities or
// NaN, which stay so and are not < 4. For a larger c lanes that leave are frozen at each step (`freezes`), as they are
// where z at leaving is wanted.
//
// A pixel whose z equals an earlier one of its own goes round forever, so its count is max_iter, exactly. (-0 equals 0,
// rightly: signs of zeros never reach a test.) Each lane keeps the z that it had when its blocks were last a power of two,
// after Brent, "An improved Monte Carlo factorization algorithm" (1980), and compares it after each block. That costs 12
// operations of a vector a block, so it is left off for a while where it saved less than it cost.
#pragma once

#include <julia/lanes.hpp>

#include <cstddef>
#include <cstdint>

namespace cohort::julia {

namespace {

constexpr std::int64_t first_steps = 8;
constexpr std::int64_t block = 32;
constexpr std::uint64_t units_unasked = 256;    // blocks, or first steps of as many pixels, between questions
constexpr std::uint64_t blocks_of_trial = 256;  // after which it is decided whether looking for cycles pays,
constexpr std::uint64_t blocks_without = 16 * 256;  // and if not, how long it is left off

template <typename V>
struct Ieee {
    using Reals = typename V::Reals;
    static Reals norm(Reals re, Reals im) { return V::add(V::mul(re, re), V::mul(im, im)); }
    static void step(Reals& re, Reals& im, Reals c_re, Reals c_im) {
        const Reals difference = V::sub(V::mul(re, re), V::mul(im, im));
        im = V::add(V::mul(V::add(re, re), im), c_im);
        re = V::add(difference, c_re);
    }
};

// The same bits, one operation fewer: twice a product is exact, so adding c_im to it rounds once either way. Only where
// the product is subnormal would it be less exact than its double, which must then be lost in c_im: |c_im| > 2^-900.
template <typename V>
struct IeeeByFused : Ieee<V> {
    using Reals = typename V::Reals;
    static void step(Reals& re, Reals& im, Reals c_re, Reals c_im) {
        const Reals difference = V::sub(V::mul(re, re), V::mul(im, im));
        im = V::fma(V::set(2), V::mul(re, im), c_im);
        re = V::add(difference, c_re);
    }
};

template <typename V>
struct Fused {
    using Reals = typename V::Reals;
    static Reals norm(Reals re, Reals im) { return V::fma(re, re, V::mul(im, im)); }
    static void step(Reals& re, Reals& im, Reals c_re, Reals c_im) {
        const Reals difference = V::fnma(im, im, c_re);
        im = V::fma(V::add(re, re), im, c_im);
        re = V::fma(re, re, difference);
    }
};

// Pixels in no order, a vector of which is added or taken at a time, at the end.
template <typename V, std::size_t capacity>
struct Queue {
    alignas(64) double re[capacity + V::lanes] = {};
    alignas(64) double im[capacity + V::lanes] = {};
    alignas(64) std::int64_t place[capacity + V::lanes] = {};
    alignas(64) std::int64_t steps[capacity + V::lanes] = {};
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

template <typename V, typename Rule, bool freezes>
class Kernel {
  public:
    explicit Kernel(const Job& job)
        : job_(job),
          full_blocks_(job.max_iter > first_steps ? (job.max_iter - first_steps) / block : 0),
          c_re_(V::set(job.c_re)),
          c_im_(V::set(job.c_im)),
          pixels_left_(job.rows > 0) {
        for (Group& group : groups_) {
            for (std::size_t lane = 0; lane < V::lanes; ++lane) {
                group.re[lane] = group.im[lane] = group.saved_re[lane] = group.saved_im[lane] = 0;
                group.place[lane] = group.start[lane] = 0;
            }
        }
    }

    void run() {
        for (;;) {
            bool any_live = false;
            for (Group& group : groups_) {
                if (group.live != all_lanes) refill(group);
                any_live |= group.live != 0;
                if (is_stopped_) return;
            }
            if (!any_live) break;
            if (looks_for_cycles_) {
                advance<true>();
            } else {
                advance<false>();
            }
            reconsider_cycles();
            if (asks_to_stop()) return;
        }
        finish(leaving_, block);
        finish(expiring_, (job_.max_iter - first_steps) % block);
    }

  private:
    using Reals = typename V::Reals;
    using Wholes = typename V::Wholes;
    static constexpr std::size_t groups = V::groups;
    static constexpr std::size_t pixels_at_once = groups * V::lanes;
    static constexpr unsigned all_lanes = (1U << V::lanes) - 1;

    // The pixels of a vector.
    struct Group {
        alignas(64) double re[V::lanes];
        alignas(64) double im[V::lanes];
        alignas(64) double saved_re[V::lanes];
        alignas(64) double saved_im[V::lanes];
        alignas(64) std::int64_t place[V::lanes];
        alignas(64) std::int64_t start[V::lanes];  // how many blocks had been done
        unsigned live = 0;
    };

    // Pixels that are counted exactly.
    struct Exact {
        Reals re[groups];
        Reals im[groups];
        Wholes steps[groups];
        unsigned in[groups];  // lanes that never left
    };

    bool asks_to_stop() {
        if (++units_ % units_unasked == 0 && job_.should_stop(job_.context)) is_stopped_ = true;
        return is_stopped_;
    }

    // At most `most` steps, with a test at each.
    [[gnu::noinline]] void count_exactly(Exact& pixels, std::int64_t most) const {
        Reals re[groups];
        Reals im[groups];
        Wholes steps[groups];
        typename V::Mask in[groups];
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) {
            re[g] = pixels.re[g];
            im[g] = pixels.im[g];
            steps[g] = pixels.steps[g];
            in[g] = V::mask_of(all_lanes);
        }
#pragma GCC unroll 1
        for (std::int64_t step = 0; step < most; ++step) {
            typename V::Mask any = V::mask_of(0);
#pragma GCC unroll 8
            for (std::size_t g = 0; g < groups; ++g) {
                in[g] = V::both(in[g], V::is_below_four(Rule::norm(re[g], im[g])));
                any = V::either(any, in[g]);
                const Reals old_re = re[g];
                const Reals old_im = im[g];
                Rule::step(re[g], im[g], c_re_, c_im_);
                if constexpr (freezes) {
                    re[g] = V::select(in[g], re[g], old_re);
                    im[g] = V::select(in[g], im[g], old_im);
                }
                steps[g] = V::increment(in[g], steps[g]);
            }
            if (V::bits(any) == 0) break;
        }
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) {
            pixels.re[g] = re[g];
            pixels.im[g] = im[g];
            pixels.steps[g] = steps[g];
            pixels.in[g] = V::bits(in[g]);
        }
    }

    void keep(std::int64_t place, std::int64_t steps, double re, double im) const {
        job_.counts[place] = static_cast<std::uint32_t>(steps < job_.max_iter ? steps : job_.max_iter);
        if (job_.ends != nullptr) {
            job_.ends[2 * place] = re;
            job_.ends[2 * place + 1] = im;
        }
    }

    // Begins the next pixels of the row: those that leave at once are counted, the others wait.
    [[gnu::noinline]] void begin() {
        const double y = job_.y2 - static_cast<double>(job_.first_row + row_) * job_.y_step;
        Exact pixels;
        for (std::size_t g = 0; g < groups; ++g) {
            const Wholes column =
                V::add(V::set_whole(static_cast<std::int64_t>(column_ + g * V::lanes)), V::iota());
            pixels.re[g] = V::add(V::set(job_.x1), V::mul(V::to_reals(column), V::set(job_.x_step)));
            pixels.im[g] = V::set(y);
            pixels.steps[g] = V::set_whole(0);
        }
        const std::int64_t most = job_.max_iter < first_steps ? job_.max_iter : first_steps;
        count_exactly(pixels, most);
        const std::uint64_t first_place = row_ * job_.width + column_;
        const std::uint64_t count =
            job_.width - column_ < pixels_at_once ? job_.width - column_ : pixels_at_once;
        for (std::size_t g = 0; g < groups && g * V::lanes < count; ++g) {
            const std::uint64_t first = first_place + g * V::lanes;
            const std::uint64_t lanes = count - g * V::lanes < V::lanes ? count - g * V::lanes : V::lanes;
            if (lanes == V::lanes && job_.ends == nullptr) {
                V::store_counts(job_.counts + first, pixels.steps[g]);
            } else {
                keep_each(pixels, g, first, lanes);
            }
            const unsigned go_on = pixels.in[g] & ((1U << lanes) - 1);
            if (go_on == 0 || job_.max_iter <= first_steps) continue;
            const Wholes places = V::add(V::set_whole(static_cast<std::int64_t>(first)), V::iota());
            if (full_blocks_ > 0) {
                waiting_.add(go_on, pixels.re[g], pixels.im[g], places, pixels.steps[g]);
            } else {
                add_expiring(go_on, pixels.re[g], pixels.im[g], places, pixels.steps[g]);
            }
        }
        column_ += count;
        if (column_ == job_.width) {
            column_ = 0;
            pixels_left_ = ++row_ < job_.rows;
        }
    }

    void keep_each(const Exact& pixels, std::size_t g, std::uint64_t first, std::uint64_t lanes) const {
        double re[V::lanes];
        double im[V::lanes];
        std::int64_t steps[V::lanes];
        V::store(re, pixels.re[g]);
        V::store(im, pixels.im[g]);
        V::store(steps, pixels.steps[g]);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            keep(static_cast<std::int64_t>(first + lane), steps[lane], re[lane], im[lane]);
        }
    }

    void add_leaving(unsigned lanes, Reals re, Reals im, Wholes places, Wholes steps) {
        leaving_.add(lanes, re, im, places, steps);
        if (leaving_.count >= pixels_at_once) finish(leaving_, block);
    }

    // Pixels that have fewer steps left than a block.
    void add_expiring(unsigned lanes, Reals re, Reals im, Wholes places, Wholes steps) {
        expiring_.add(lanes, re, im, places, steps);
        if (expiring_.count >= pixels_at_once) finish(expiring_, (job_.max_iter - first_steps) % block);
    }

    // Counts all pixels of a queue to their end, which comes within so many steps.
    template <typename Any>
    [[gnu::noinline]] void finish(Any& queue, std::int64_t most) {
        std::size_t from = 0;
        while (from < queue.count) {
            Exact pixels;
            for (std::size_t g = 0; g < groups; ++g) {
                const std::size_t at = from + g * V::lanes < queue.count ? from + g * V::lanes : from;
                pixels.re[g] = V::load(queue.re + at);
                pixels.im[g] = V::load(queue.im + at);
                pixels.steps[g] = V::load(queue.steps + at);
            }
            count_exactly(pixels, most);
            double re[pixels_at_once];
            double im[pixels_at_once];
            std::int64_t steps[pixels_at_once];
            for (std::size_t g = 0; g < groups; ++g) {
                V::store(re + g * V::lanes, pixels.re[g]);
                V::store(im + g * V::lanes, pixels.im[g]);
                V::store(steps + g * V::lanes, pixels.steps[g]);
            }
            for (std::size_t k = 0; k < pixels_at_once && from < queue.count; ++k, ++from) {
                keep(queue.place[from], steps[k], re[k], im[k]);
            }
        }
        queue.count = 0;
    }

    // Gives free lanes the pixels that wait, beginning new ones where too few do.
    [[gnu::noinline]] void refill(Group& group) {
        const unsigned free = all_lanes & ~group.live;
        const auto wanted = static_cast<std::size_t>(__builtin_popcount(free));
        while (waiting_.count < wanted && pixels_left_) {
            begin();
            if (asks_to_stop()) return;
        }
        unsigned lanes = free;
        std::size_t taken = wanted;
        for (; taken > waiting_.count; --taken) lanes &= lanes - 1;
        waiting_.count -= taken;
        const std::size_t at = waiting_.count;
        const auto mask = V::mask_of(lanes);
        const Reals re = V::expand(lanes, V::load(waiting_.re + at));
        const Reals im = V::expand(lanes, V::load(waiting_.im + at));
        const Wholes place = V::expand(lanes, V::load(waiting_.place + at));
        const Wholes start = V::set_whole(blocks_);
        V::store(group.re, V::select(mask, re, V::load(group.re)));
        V::store(group.im, V::select(mask, im, V::load(group.im)));
        V::store(group.saved_re, V::select(mask, re, V::load(group.saved_re)));
        V::store(group.saved_im, V::select(mask, im, V::load(group.saved_im)));
        V::store(group.place, V::select(mask, place, V::load(group.place)));
        V::store(group.start, V::select(mask, start, V::load(group.start)));
        group.live |= lanes;
    }

    // Advances all lanes by a block, and frees those that have left, expired or come round.
    template <bool with_cycles>
    void advance() {
        Reals re[groups];
        Reals im[groups];
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) {
            re[g] = V::load(groups_[g].re);
            im[g] = V::load(groups_[g].im);
        }
#pragma GCC unroll 1
        for (std::int64_t step = 0; step < block; ++step) {
#pragma GCC unroll 8
            for (std::size_t g = 0; g < groups; ++g) {
                if constexpr (freezes) {
                    const auto in = V::is_below_four(Rule::norm(re[g], im[g]));
                    const Reals old_re = re[g];
                    const Reals old_im = im[g];
                    Rule::step(re[g], im[g], c_re_, c_im_);
                    re[g] = V::select(in, re[g], old_re);
                    im[g] = V::select(in, im[g], old_im);
                } else {
                    Rule::step(re[g], im[g], c_re_, c_im_);
                }
            }
        }
        ++blocks_;
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) end_block<with_cycles>(groups_[g], re[g], im[g]);
    }

    template <bool with_cycles>
    void end_block(Group& group, Reals re, Reals im) {
        const unsigned left = ~V::bits(V::is_below_four(Rule::norm(re, im))) & group.live;
        const Wholes age = V::sub(V::set_whole(blocks_), V::load(group.start));
        const unsigned expired = V::bits(V::are_equal(age, V::set_whole(full_blocks_))) & group.live & ~left;
        unsigned freed = left | expired;
        if constexpr (with_cycles) {
            const Reals saved_re = V::load(group.saved_re);
            const Reals saved_im = V::load(group.saved_im);
            const auto is_same = V::both(V::are_equal(re, saved_re), V::are_equal(im, saved_im));
            const unsigned round = V::bits(is_same) & group.live & ~freed;
            if (round != 0) {
                keep_cycles(group, round);
                freed |= round;
            }
            const auto is_power = V::is_power_of_two(age);
            V::store(group.saved_re, V::select(is_power, re, saved_re));
            V::store(group.saved_im, V::select(is_power, im, saved_im));
        }
        if (freed != 0) {
            const Wholes places = V::load(group.place);
            const Wholes steps = V::add(V::set_whole(first_steps), V::times_block(age));
            if (left != 0) {
                const Wholes before = V::sub(steps, V::set_whole(block));
                add_leaving(left, V::load(group.re), V::load(group.im), places, before);
            }
            if (expired != 0) add_expiring(expired, re, im, places, steps);
            group.live &= ~freed;
        }
        V::store(group.re, re);
        V::store(group.im, im);
    }

    void keep_cycles(const Group& group, unsigned lanes) {
        for (; lanes != 0; lanes &= lanes - 1) {
            const auto lane = static_cast<std::size_t>(__builtin_ctz(lanes));
            keep(group.place[lane], job_.max_iter, 0, 0);
            saved_ += static_cast<std::uint64_t>(full_blocks_ - (blocks_ - group.start[lane]));
        }
    }

    // After a trial: goes on looking for cycles if that saved a sixteenth of the blocks that the lanes did.
    void reconsider_cycles() {
        if (--blocks_to_go_ != 0) return;
        const bool pays = looks_for_cycles_ ? saved_ >= blocks_of_trial * pixels_at_once / 16 : true;
        saved_ = 0;
        blocks_to_go_ = pays ? blocks_of_trial : blocks_without;
        if (pays && !looks_for_cycles_) {
            for (Group& group : groups_) {
                V::store(group.saved_re, V::load(group.re));
                V::store(group.saved_im, V::load(group.im));
            }
        }
        looks_for_cycles_ = pays;
    }

    Job job_;
    std::int64_t full_blocks_;  // of a pixel that never leaves
    Reals c_re_, c_im_;
    Group groups_[groups];
    Queue<V, 2 * pixels_at_once> waiting_;
    Queue<V, 2 * pixels_at_once> leaving_;
    Queue<V, 2 * pixels_at_once> expiring_;
    bool pixels_left_;
    std::uint64_t column_ = 0;
    std::uint64_t row_ = 0;
    std::int64_t blocks_ = 0;
    std::uint64_t units_ = 0;
    bool is_stopped_ = false;
    bool looks_for_cycles_ = true;
    std::uint64_t blocks_to_go_ = blocks_of_trial;
    std::uint64_t saved_ = 0;  // blocks, since the trial began
};

template <typename V, typename Rule>
void count_by(const Job& job) {
    const bool comes_back = !(job.c_re * job.c_re + job.c_im * job.c_im <= 1.99 * 1.99);
    if (comes_back || job.ends != nullptr) {
        Kernel<V, Rule, true>(job).run();
    } else {
        Kernel<V, Rule, false>(job).run();
    }
}

template <typename V>
void count(const Job& job) {
    if (job.is_fused) return count_by<V, Fused<V>>(job);
    if constexpr (V::prefers_fused) {
        constexpr double subnormals_vanish = 0x1p-900;
        if (__builtin_fabs(job.c_im) > subnormals_vanish) return count_by<V, IeeeByFused<V>>(job);
    }
    count_by<V, Ieee<V>>(job);
}

}  // namespace

}  // namespace cohort::julia

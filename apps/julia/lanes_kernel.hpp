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
#pragma once

#include <julia/arithmetic.hpp>
#include <julia/cycle_search.hpp>
#include <julia/exact_count.hpp>
#include <julia/lanes.hpp>
#include <julia/pixel_queue.hpp>

#include <cstddef>
#include <cstdint>

namespace cohort::julia {

namespace {

constexpr std::int64_t first_steps = 12;
constexpr std::int64_t block = 24;
constexpr std::uint64_t units_unasked = 256;  // blocks, or first steps of as many pixels, between questions

template <typename V, typename Rule, bool freezes>
class Kernel {
  public:
    explicit Kernel(const Job& job)
        : job_(job),
          exact_(job_),
          full_blocks_(job.max_iter > first_steps ? (job.max_iter - first_steps) / block : 0),
          last_steps_(job.max_iter > first_steps ? (job.max_iter - first_steps) % block : 0),
          c_re_(V::set(job.c_re)),
          c_im_(V::set(job.c_im)) {}

    void run() {
        for (;;) {
            bool any_live = false;
            for (Group& group : groups_) {
                if (group.live != all_lanes) refill(group);
                any_live |= group.live != 0;
                if (is_stopped_) return;
            }
            if (!any_live) break;
            if (cycles_.is_on()) {
                advance<true>();
            } else {
                advance<false>();
            }
            if (cycles_.begins_after_block()) {
                for (Group& group : groups_) {
                    V::store(group.kept_re, V::load(group.re));
                    V::store(group.kept_im, V::load(group.im));
                }
            }
            if (asks_to_stop()) return;
        }
        exact_.finish(leaving_, block);
        exact_.finish(expiring_, last_steps_);
    }

  private:
    using Exact = ExactCount<V, Rule, freezes>;
    using Reals = typename V::Reals;
    using Wholes = typename V::Wholes;
    using Mask = typename V::Mask;
    static constexpr std::size_t groups = V::groups;
    static constexpr std::size_t pixels_at_once = groups * V::lanes;
    static constexpr unsigned all_lanes = (1U << V::lanes) - 1;

    // The pixels of a vector.
    struct Group {
        alignas(64) double re[V::lanes] = {};
        alignas(64) double im[V::lanes] = {};
        alignas(64) double kept_re[V::lanes] = {};  // to be compared with
        alignas(64) double kept_im[V::lanes] = {};
        alignas(64) std::int64_t place[V::lanes] = {};
        alignas(64) std::int64_t start[V::lanes] = {};  // how many blocks had been done
        unsigned live = 0;
        std::int64_t next_to_expire = 0;  // none does before so many blocks
    };

    bool asks_to_stop() {
        if (++units_ % units_unasked == 0 && job_.should_stop(job_.context)) is_stopped_ = true;
        return is_stopped_;
    }

    // Begins the next pixels of the row: those that leave at once are counted, the others wait.
    [[gnu::noinline]] void begin() {
        const Row& row = job_.rows[row_];
        const Columns& columns = *row.columns;
        const double* x = columns.x + column_;
        typename Exact::Pixels pixels;
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) {
            pixels.re[g] = V::load(x + g * V::lanes);
            pixels.im[g] = V::set(row.y);
            pixels.steps[g] = V::set_whole(0);
        }
        exact_.advance(pixels, job_.max_iter < first_steps ? job_.max_iter : first_steps);
        const std::uint64_t left = columns.count - column_;
        const std::uint64_t count = left < pixels_at_once ? left : pixels_at_once;
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) {
            const std::uint64_t done = g * V::lanes;
            if (done >= count) break;
            const std::uint64_t lanes = count - done < V::lanes ? count - done : V::lanes;
            const auto first = static_cast<std::int64_t>(row.first_place);
            const auto column = static_cast<std::int64_t>(column_ + done);
            const Wholes places = columns.numbers == nullptr
                                      ? V::add(V::set_whole(first + column), V::iota())
                                      : V::add(V::set_whole(first), V::load(columns.numbers + column));
            if (lanes == V::lanes && columns.numbers == nullptr && job_.ends == nullptr) {
                V::store_counts(job_.counts + (first + column), pixels.steps[g]);
            } else {
                std::int64_t each[V::lanes];
                V::store(each, places);
                exact_.keep_all(pixels, g, each, lanes);
            }
            const unsigned go_on = V::bits(pixels.in[g]) & ((1U << lanes) - 1);
            if (go_on == 0 || job_.max_iter <= first_steps) continue;
            if (full_blocks_ > 0) {
                waiting_.add(go_on, pixels.re[g], pixels.im[g], places, pixels.steps[g]);
            } else {
                add(expiring_, last_steps_, go_on, pixels.re[g], pixels.im[g], places, pixels.steps[g]);
            }
        }
        column_ += count;
        if (column_ == columns.count) {
            column_ = 0;
            ++row_;
        }
    }

    // To a queue of pixels that end within so many steps.
    void add(PixelQueue<V>& queue, std::int64_t most, unsigned lanes, Reals re, Reals im, Wholes places,
             Wholes steps) {
        queue.add(lanes, re, im, places, steps);
        if (queue.count >= pixels_at_once) exact_.finish(queue, most);
    }

    // Gives free lanes the pixels that wait, beginning new ones where too few do.
    [[gnu::noinline]] void refill(Group& group) {
        const unsigned free = all_lanes & ~group.live;
        const auto wanted = static_cast<std::size_t>(__builtin_popcount(free));
        while (waiting_.count < wanted && row_ < job_.row_count) {
            begin();
            if (asks_to_stop()) return;
        }
        unsigned lanes = free;
        std::size_t taken = wanted;
        for (; taken > waiting_.count; --taken) lanes &= lanes - 1;
        if (lanes == 0) return;
        waiting_.count -= taken;
        const std::size_t at = waiting_.count;
        const Mask mask = V::mask_of(lanes);
        const Reals re = V::expand(lanes, V::load(waiting_.re + at));
        const Reals im = V::expand(lanes, V::load(waiting_.im + at));
        const Wholes place = V::expand(lanes, V::load(waiting_.place + at));
        V::store(group.re, V::select(mask, re, V::load(group.re)));
        V::store(group.im, V::select(mask, im, V::load(group.im)));
        V::store(group.kept_re, V::select(mask, re, V::load(group.kept_re)));
        V::store(group.kept_im, V::select(mask, im, V::load(group.kept_im)));
        V::store(group.place, V::select(mask, place, V::load(group.place)));
        V::store(group.start, V::select(mask, V::set_whole(blocks_), V::load(group.start)));
        if (group.live == 0) group.next_to_expire = blocks_ + full_blocks_;
        group.live |= lanes;
    }

    // Advances all lanes by a block, and frees those that have left, expired or come round.
    template <bool with_cycles>
    void advance() {
        Reals re[groups];
        Reals im[groups];
        Mask came_round[groups];
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) {
            re[g] = V::load(groups_[g].re);
            im[g] = V::load(groups_[g].im);
            came_round[g] = V::mask_of(0);
        }
#pragma GCC unroll 1
        for (std::int64_t step = 0; step < (with_cycles ? block - compared : block); ++step) {
#pragma GCC unroll 8
            for (std::size_t g = 0; g < groups; ++g) advance(g, re[g], im[g]);
        }
        if constexpr (with_cycles) {
#pragma GCC unroll 1
            for (std::int64_t step = 0; step < compared; ++step) {
#pragma GCC unroll 8
                for (std::size_t g = 0; g < groups; ++g) {
                    advance(g, re[g], im[g]);
                    const Group& group = groups_[g];
                    came_round[g] =
                        V::either(came_round[g], V::both(V::are_equal(re[g], V::load(group.kept_re)),
                                                         V::are_equal(im[g], V::load(group.kept_im))));
                }
            }
        }
        ++blocks_;
#pragma GCC unroll 8
        for (std::size_t g = 0; g < groups; ++g) {
            Group& group = groups_[g];
            const unsigned left = ~V::bits(V::is_below_four(Rule::norm(re[g], im[g]))) & group.live;
            const unsigned round = with_cycles ? V::bits(came_round[g]) & group.live & ~left : 0;
            if ((left | round) != 0 || blocks_ >= group.next_to_expire)
                free(group, left, round, re[g], im[g]);
            V::store(group.re, re[g]);
            V::store(group.im, im[g]);
            if constexpr (with_cycles) {
                const Mask is_new = is_to_keep<V>(V::sub(V::set_whole(blocks_), V::load(group.start)));
                V::store(group.kept_re, V::select(is_new, re[g], V::load(group.kept_re)));
                V::store(group.kept_im, V::select(is_new, im[g], V::load(group.kept_im)));
            }
        }
    }

    void advance(std::size_t g, Reals& re, Reals& im) const {
        const Reals old_re = re;
        const Reals old_im = im;
        Rule::step(g, re, im, c_re_, c_im_);
        if constexpr (freezes) {
            const Mask in = V::is_below_four(Rule::norm(old_re, old_im));
            re = V::select(in, re, old_re);
            im = V::select(in, im, old_im);
        }
    }

    // Frees the lanes that have left, of which the group still has z before the block, or come round, or expired.
    [[gnu::noinline]] void free(Group& group, unsigned left, unsigned round, Reals re, Reals im) {
        const Wholes age = V::sub(V::set_whole(blocks_), V::load(group.start));
        const unsigned expired =
            V::bits(V::are_equal(age, V::set_whole(full_blocks_))) & group.live & ~(left | round);
        const Wholes places = V::load(group.place);
        const Wholes steps = V::add(V::set_whole(first_steps), V::times_block(age));
        if (left != 0) {
            const Wholes before = V::sub(steps, V::set_whole(block));
            add(leaving_, block, left, V::load(group.re), V::load(group.im), places, before);
        }
        if (expired != 0) add(expiring_, last_steps_, expired, re, im, places, steps);
        for (unsigned lanes = round; lanes != 0; lanes &= lanes - 1) {
            const auto lane = static_cast<std::size_t>(__builtin_ctz(lanes));
            exact_.keep(group.place[lane], job_.max_iter, 0, 0);
            cycles_.saved(full_blocks_ - (blocks_ - group.start[lane]));
        }
        group.live &= ~(left | round | expired);
        std::int64_t oldest = blocks_;
        for (unsigned lanes = group.live; lanes != 0; lanes &= lanes - 1) {
            const std::int64_t start = group.start[__builtin_ctz(lanes)];
            oldest = start < oldest ? start : oldest;
        }
        group.next_to_expire = oldest + full_blocks_;
    }

    Job job_;
    Exact exact_;
    std::int64_t full_blocks_;  // of a pixel that never leaves,
    std::int64_t last_steps_;   // and what it has to do after them
    Reals c_re_, c_im_;
    Group groups_[groups];
    PixelQueue<V> waiting_;
    PixelQueue<V> leaving_;
    PixelQueue<V> expiring_;
    CycleSearch cycles_{pixels_at_once};
    std::uint64_t column_ = 0;  // in the list of the row
    std::uint64_t row_ = 0;
    std::int64_t blocks_ = 0;
    std::uint64_t units_ = 0;
    bool is_stopped_ = false;
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
    if constexpr (V::prefers_fused(0)) {
        constexpr double subnormals_vanish = 0x1p-900;
        if (__builtin_fabs(job.c_im) > subnormals_vanish) return count_by<V, IeeeByFused<V>>(job);
    }
    count_by<V, Ieee<V>>(job);
}

}  // namespace

}  // namespace cohort::julia

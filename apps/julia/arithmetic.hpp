// A step of z -> z*z + c, and what is compared with 4, for vectors of pixels: the rules of kernel.hpp.
//
// Operations are given to each group of pixels in turn, so that a rule may do the same by other operations for some of
// them.
#pragma once

#include <cstddef>

namespace cohort::julia {

namespace {

template <typename V>
struct Ieee {
    using Reals = typename V::Reals;
    static Reals norm(Reals re, Reals im) { return V::add(V::mul(re, re), V::mul(im, im)); }
    static void step(std::size_t /*group*/, Reals& re, Reals& im, Reals c_re, Reals c_im) {
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
    static void step(std::size_t group, Reals& re, Reals& im, Reals c_re, Reals c_im) {
        if (!V::prefers_fused(group)) return Ieee<V>::step(group, re, im, c_re, c_im);
        const Reals difference = V::sub(V::mul(re, re), V::mul(im, im));
        im = V::fma(V::set(2), V::mul(re, im), c_im);
        re = V::add(difference, c_re);
    }
};

template <typename V>
struct Fused {
    using Reals = typename V::Reals;
    static Reals norm(Reals re, Reals im) { return V::fma(re, re, V::mul(im, im)); }
    static void step(std::size_t /*group*/, Reals& re, Reals& im, Reals c_re, Reals c_im) {
        const Reals difference = V::fnma(im, im, c_re);
        im = V::fma(V::add(re, re), im, c_im);
        re = V::fma(re, re, difference);
    }
};

}  // namespace

}  // namespace cohort::julia

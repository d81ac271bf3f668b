// The kernel in the vectors that every compiler has, 2 pixels to each.
//
// A step of 2 pixels within a block: 3 multiplications and 4 additions. Fused operations are as exact, and slow, as the
// mathematical library makes them where the processor has none.

#include <julia/lanes_kernel.hpp>

namespace cohort::julia {

namespace {

struct Portable {
    using Reals = double __attribute__((vector_size(16)));
    using Wholes = std::int64_t __attribute__((vector_size(16)));
    using Mask = Wholes;  // -1 where it holds
    static constexpr std::size_t lanes = 2;
    static constexpr std::size_t groups = 4;
    static constexpr bool prefers_fused(std::size_t /*group*/) { return false; }

    static Reals set(double x) { return Reals{x, x}; }
    static Wholes set_whole(std::int64_t n) { return Wholes{n, n}; }
    static Wholes iota() { return Wholes{0, 1}; }
    static Reals load(const double* from) { return Reals{from[0], from[1]}; }
    static Wholes load(const std::int64_t* from) { return Wholes{from[0], from[1]}; }
    template <typename T, typename Vector>
    static void store(T* to, Vector x) {
        to[0] = x[0];
        to[1] = x[1];
    }
    static void store_counts(std::uint32_t* to, Wholes n) {
        to[0] = static_cast<std::uint32_t>(n[0]);
        to[1] = static_cast<std::uint32_t>(n[1]);
    }
    template <typename Vector>
    static Vector add(Vector a, Vector b) {
        return a + b;
    }
    template <typename Vector>
    static Vector sub(Vector a, Vector b) {
        return a - b;
    }
    static Reals mul(Reals a, Reals b) { return a * b; }
    static Reals fma(Reals a, Reals b, Reals c) {
        return Reals{__builtin_fma(a[0], b[0], c[0]), __builtin_fma(a[1], b[1], c[1])};
    }
    static Reals fnma(Reals a, Reals b, Reals c) { return fma(-a, b, c); }
    static Wholes times_block(Wholes n) { return n * block; }
    static Mask mask_of(unsigned set) {
        return Mask{-static_cast<std::int64_t>(set & 1), -static_cast<std::int64_t>(set >> 1 & 1)};
    }
    static unsigned bits(Mask mask) { return static_cast<unsigned>((mask[0] & 1) | (mask[1] & 2)); }
    static Mask both(Mask a, Mask b) { return a & b; }
    static Mask either(Mask a, Mask b) { return a | b; }
    static Mask is_below_four(Reals x) { return x < set(4); }
    template <typename Vector>
    static Mask are_equal(Vector a, Vector b) {
        return a == b;
    }
    static Wholes without_lowest_bit(Wholes n) { return n & (n - 1); }
    template <typename Vector>
    static Vector select(Mask mask, Vector yes, Vector no) {
        return mask ? yes : no;
    }
    static Wholes increment(Mask mask, Wholes n) { return n - mask; }
    template <typename Vector>
    static Vector compress(unsigned set, Vector x) {
        return set == 2 ? Vector{x[1], x[0]} : x;
    }
    template <typename Vector>
    static Vector expand(unsigned set, Vector x) {
        return set == 2 ? Vector{x[1], x[0]} : x;
    }
};

}  // namespace

void count_portable(const Job& job) { count<Portable>(job); }

}  // namespace cohort::julia

// One elliptic curve of Lenstra's method on several 64-bit numbers at once.
//
// Curves are those of Montgomery's form that Suyama's sigma gives, whose order is a multiple of 12. Points are X : Z, and so
// is the curve's constant, because a division would cost more than the multiplication that it saves. Stage 1 multiplies the
// point by `smooth_parts`; stage 2 finds one more prime up to 210 * giants + 105 in the order: it is 210 m + j or 210 m - j,
// where j has no factor in common with 210, and all those pairs are tried, prime or not. Cost: 12 multiplications a bit in
// stage 1, 2600; and 2 a pair, 7 a step and 240 for the first points in stage 2, 1100.
#pragma once

#include <primes/residues_kernel.hpp>

namespace cohort::primes::residues {

namespace {

// The least common multiple of 1 to 151, but for a 2 and a 5, in words that fit: prime powers, multiplied together.
constexpr std::uint64_t smooth_parts[] = {
    64ULL * 81 * 25 * 49 * 121 * 13 * 17 * 19 * 23 * 29,
    31ULL * 37 * 41 * 43 * 47 * 53 * 59 * 61 * 67,
    71ULL * 73 * 79 * 83 * 89 * 97 * 101 * 103 * 107,
    109ULL * 113 * 127 * 131 * 137 * 139 * 149 * 151,
};
constexpr unsigned giants = 16;

template <typename Field>
class Curve {
  public:
    using Value = typename Field::Value;
    struct Point {
        Value x;
        Value z;
    };

    Curve(const Field& field, const std::uint64_t* sigma) : field_(field) {
        const Value s = small(field, sigma);
        const Value two = field.add(field.one(), field.one());
        const Value four = product(two, two);
        const Value five = product(field.add(four, field.one()), field.one());
        const Value u = product(field.subtract(product(s, s), five), field.one());
        const Value v = product(four, s);
        const Value u3 = product(product(u, u), u);
        start_ = {u3, product(product(v, v), v)};
        const Value difference = product(field.subtract(v, u), field.one());
        const Value sum = product(field.add(field.add(u, u), field.add(u, v)), field.one());
        above_ = product(product(product(difference, difference), difference), sum);
        below_ = product(product(product(four, four), u3), v);
    }

    [[nodiscard]] const Point& start() const { return start_; }
    [[nodiscard]] Point doubled(const Point& a) const {
        const Value plus = field_.add(a.x, a.z);
        const Value minus = field_.subtract(a.x, a.z);
        const Value squared_plus = product(plus, plus);
        const Value squared_minus = product(minus, minus);
        const Value between = field_.subtract(squared_plus, squared_minus);
        const Value scaled = product(below_, squared_minus);
        return {product(squared_plus, scaled),
                product(between, field_.multiply_add(above_, between, scaled))};
    }
    // a + b, where a - b is known.
    [[nodiscard]] Point sum(const Point& a, const Point& b, const Point& difference) const {
        const Value one = product(field_.subtract(a.x, a.z), field_.add(b.x, b.z));
        const Value other = product(field_.add(a.x, a.z), field_.subtract(b.x, b.z));
        const Value plus = field_.add(one, other);
        const Value minus = field_.subtract(one, other);
        return {product(difference.z, product(plus, plus)), product(difference.x, product(minus, minus))};
    }
    // Montgomery's ladder.
    [[nodiscard]] Point times(const Point& a, std::uint64_t factor) const {
        Point low = a;
        Point high = doubled(a);
        for (unsigned place = 63 - static_cast<unsigned>(__builtin_clzll(factor)); place-- > 0;) {
            const Point middle = sum(high, low, a);
            if ((factor >> place & 1) != 0) {
                low = middle;
                high = doubled(high);
            } else {
                high = middle;
                low = doubled(low);
            }
        }
        return low;
    }
    [[nodiscard]] Value product(const Value& a, const Value& b) const { return field_.multiply(a, b); }

  private:
    const Field& field_;
    Point start_;
    Value above_;  // (A + 2) / 4 is above / below
    Value below_;
};

// Stage 2: the product of X(210 m) Z(j) - X(j) Z(210 m) over all m and j.
template <typename Field>
typename Field::Value second_stage(const Field& field, const Curve<Field>& curve,
                                   const typename Curve<Field>::Point& one) {
    using Point = typename Curve<Field>::Point;
    using Value = typename Field::Value;
    constexpr unsigned small_steps = 24;
    Point at[small_steps];
    Value xz[small_steps];
    // 1, 5, 7, 11, ...: numbers without the factors 2 and 3, each six after one that is known.
    const Point two = curve.doubled(one);
    const Point three = curve.sum(two, one, one);
    const Point four = curve.doubled(two);
    const Point five = curve.sum(three, two, one);
    const Point six = curve.doubled(three);
    Point before[2] = {five, one};  // of 1 and of 5, as X : Z does not know signs
    Point now[2] = {one, five};
    Point last[2] = {one, one};  // 103 and 107
    unsigned found = 0;
    for (unsigned number = 1; number <= 107; number += 6) {
        for (unsigned which = 0; which < 2; ++which) {
            const unsigned j = number + 4 * which;
            if (j < 105 && j % 5 != 0 && j % 7 != 0) at[found++] = now[which];
            last[which] = now[which];
            if (number == 103) continue;
            const Point after = curve.sum(now[which], six, before[which]);
            before[which] = now[which];
            now[which] = after;
        }
    }
    for (unsigned i = 0; i < small_steps; ++i) xz[i] = curve.product(at[i].x, at[i].z);
    const Point step = curve.sum(last[1], last[0], four);
    Point behind = step;
    Point giant = step;
    Value all = one.z;
    for (unsigned m = 1; m <= giants; ++m) {
        const Value giant_xz = curve.product(giant.x, giant.z);
        for (unsigned i = 0; i < small_steps; ++i) {
            const Value cross = curve.product(field.subtract(giant.x, at[i].x), field.add(giant.z, at[i].z));
            all = curve.product(all, field.subtract(field.add(cross, xz[i]), giant_xz));
        }
        const Point next = m == 1 ? curve.doubled(giant) : curve.sum(giant, step, behind);
        behind = giant;
        giant = next;
    }
    return all;
}

template <typename Field>
void elliptic_curve_of(const std::uint64_t* n, const std::uint64_t* sigma, std::uint64_t* met) {
    const Field field(n);
    const Curve<Field> curve(field, sigma);
    auto point = curve.start();
    for (const std::uint64_t part : smooth_parts) point = curve.times(point, part);
    field.store(second_stage(field, curve, point), met);
}

template <template <std::size_t> class Field, std::size_t Wide, std::size_t Narrow>
constexpr Kernel kernel_of() {
    static_assert(queue_places % Wide == 0 && Wide % Narrow == 0);
    return {
        .lanes = Wide,
        .strong_base_2 =
            [](const std::uint64_t* n, std::size_t count, std::uint8_t* pass) {
                for (std::size_t i = 0; i < count; i += Wide) strong_base_2_of<Field<Wide>>(n + i, pass + i);
            },
        .extra_strong_lucas =
            [](const std::uint64_t* n, const std::uint64_t* p, std::size_t count, std::uint8_t* pass) {
                for (std::size_t i = 0; i < count; i += Narrow) {
                    extra_strong_lucas_of<Field<Narrow>>(n + i, p + i, pass + i);
                }
            },
        .elliptic_curve =
            [](const std::uint64_t* n, const std::uint64_t* sigma, std::size_t count, std::uint64_t* met) {
                for (std::size_t i = 0; i < count; i += Narrow) {
                    elliptic_curve_of<Field<Narrow>>(n + i, sigma + i, met + i);
                }
            }};
}

}  // namespace

}  // namespace cohort::primes::residues

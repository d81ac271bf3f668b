// All kernels count the same steps, those that the rule says, for any view; and what is known of the book's.

#include <cohort/plan/random.hpp>
#include <julia/kernel.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace cohort::julia {
namespace {

struct Stop {
    std::uint32_t count = 0;
    double re = 0;
    double im = 0;
};

// The rules, word for word.
Stop by_the_rule(const View& view, Arithmetic arithmetic, std::uint64_t i, std::uint64_t j) {
    double re = view.x1 + static_cast<double>(i) * ((view.x2 - view.x1) / static_cast<double>(view.width));
    double im = view.y2 - static_cast<double>(j) * ((view.y2 - view.y1) / static_cast<double>(view.height));
    std::uint32_t n = 0;
    if (arithmetic == Arithmetic::ieee) {
        while (re * re + im * im < 4 && n < view.max_iter) {
            const double next = re * re - im * im + view.c.real();
            im = 2 * re * im + view.c.imag();
            re = next;
            ++n;
        }
    } else {
        while (std::fma(re, re, im * im) < 4 && n < view.max_iter) {
            const double next = std::fma(re, re, std::fma(-im, im, view.c.real()));
            im = std::fma(re + re, im, view.c.imag());
            re = next;
            ++n;
        }
    }
    return {n, re, im};
}

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

struct Kernel {
    Isa isa;
    Arithmetic arithmetic;
};

std::vector<std::uint32_t> counts_of(const View& view, const Kernel& kernel) {
    std::vector<std::uint32_t> counts(view.width * view.height);
    count_steps(view, {0, view.height}, kernel.arithmetic, kernel.isa, counts);
    return counts;
}

std::uint64_t sum_of(const std::vector<std::uint32_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

double between(Random& random, double least, double most) {
    return least + (most - least) * static_cast<double>(random.below(1U << 30)) / (1U << 30);
}

View random_view(Random& random) {
    View view;
    view.width = 1 + random.below(90);
    view.height = 1 + random.below(12);
    view.max_iter = static_cast<std::uint32_t>(1 + random.below(random.below(3) == 0 ? 12 : 400));
    view.c = {between(random, -1.5, 0.5), between(random, -1, 1)};
    const double size = random.below(4) == 0 ? 1e-9 : between(random, 0.01, 6);
    view.x1 = between(random, -2, 2);
    view.x2 = view.x1 + size;
    view.y1 = between(random, -2, 2);
    view.y2 = view.y1 + size;
    return view;
}

class EveryKernel : public testing::TestWithParam<Kernel> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam().isa)) GTEST_SKIP() << "this processor cannot run it";
    }

    // Compares rows of the view with the rule, bit for bit.
    static void expect_the_rule(const View& view, Range rows) {
        std::vector<std::uint32_t> counts(view.width * rows.count);
        std::vector<std::complex<double>> ends(counts.size());
        count_steps(view, rows, GetParam().arithmetic, GetParam().isa, counts, ends);
        std::vector<std::uint32_t> counts_alone(counts.size());
        count_steps(view, rows, GetParam().arithmetic, GetParam().isa, counts_alone);
        ASSERT_EQ(counts_alone, counts);
        for (std::size_t place = 0; place < counts.size(); ++place) {
            const std::uint64_t i = place % view.width;
            const std::uint64_t j = rows.first + place / view.width;
            const Stop stop = by_the_rule(view, GetParam().arithmetic, i, j);
            ASSERT_EQ(counts[place], stop.count) << "pixel " << i << ", " << j;
            if (stop.count == view.max_iter) continue;
            ASSERT_TRUE(same_bits(ends[place].real(), stop.re)) << "pixel " << i << ", " << j;
            ASSERT_TRUE(same_bits(ends[place].imag(), stop.im)) << "pixel " << i << ", " << j;
        }
    }
};

constexpr std::array<Kernel, 6> kernels = {{{Isa::portable, Arithmetic::ieee},
                                            {Isa::portable, Arithmetic::fma},
                                            {Isa::avx2, Arithmetic::ieee},
                                            {Isa::avx2, Arithmetic::fma},
                                            {Isa::avx512, Arithmetic::ieee},
                                            {Isa::avx512, Arithmetic::fma}}};

INSTANTIATE_TEST_SUITE_P(Julia, EveryKernel, testing::ValuesIn(kernels), [](const auto& kernel) {
    return std::string(name(kernel.param.isa)) +
           (kernel.param.arithmetic == Arithmetic::fma ? "_fma" : "_ieee");
});

TEST_P(EveryKernel, FollowsTheRuleBitForBitOnRandomViews) {
    for (std::uint64_t trial = 0; trial < 500; ++trial) {
        Random random(Seed(71), 0, trial);
        const View view = random_view(random);
        const std::uint64_t first = random.below(view.height);
        SCOPED_TRACE(testing::Message() << "trial " << trial << ": " << view.width << "x" << view.height
                                        << ", at most " << view.max_iter);
        expect_the_rule(view, {first, 1 + random.below(view.height - first)});
    }
}

// For a real c columns may be mirrored exactly, nearly, in part or not at all, around any of them or between two.
TEST_P(EveryKernel, FollowsTheRuleWhereColumnsAreMirrored) {
    for (std::uint64_t trial = 0; trial < 200; ++trial) {
        Random random(Seed(75), 0, trial);
        View view = random_view(random);
        view.c = {between(random, -1.8, 0.4), 0};
        const double half = random.below(2) == 0 ? 2 : between(random, 0.1, 2);
        view.x1 = -half;
        view.x2 = half;
        if (random.below(4) == 0) view.x1 = std::nextafter(view.x1, 0);
        if (random.below(4) == 0) view.x2 = between(random, -half / 2, 2 * half);
        if (random.below(2) == 0) {
            view.y1 = -1;
            view.y2 = 1;
        }
        SCOPED_TRACE(testing::Message()
                     << "trial " << trial << ": " << view.width << "x" << view.height << " from " << view.x1
                     << " to " << view.x2 << ", at most " << view.max_iter);
        expect_the_rule(view, {0, view.height});
    }
}

// Where |c| is 2 or more, what has left may come back.
TEST_P(EveryKernel, FollowsTheRuleForAnyC) {
    for (std::uint64_t trial = 0; trial < 300; ++trial) {
        Random random(Seed(72), 0, trial);
        View view = random_view(random);
        const double most = random.below(2) == 0 ? 2.1 : 8;
        view.c = {between(random, -most, most), between(random, -most, most)};
        if (random.below(4) == 0) view.c.imag(random.below(2) == 0 ? 0.0 : 1e-310);
        if (random.below(8) == 0) view.c.real(-2);
        SCOPED_TRACE(testing::Message() << "trial " << trial);
        expect_the_rule(view, {0, view.height});
    }
}

// Subnormal products, infinities and NaN.
TEST_P(EveryKernel, FollowsTheRuleAtTheEndsOfDoubles) {
    const std::vector<double> parts = {0.0,
                                       -0.0,
                                       5e-324,
                                       -3e-310,
                                       1e-300,
                                       1e-160,
                                       0.25,
                                       -1.9900,
                                       -1.991,
                                       1e154,
                                       1e300,
                                       -1e308,
                                       std::numeric_limits<double>::infinity(),
                                       std::numeric_limits<double>::quiet_NaN()};
    const std::vector<double> spans = {1e-323, 1e-310, 1e-160, 1e-154, 3, 1e155, 1e300, 1.7e308};
    View view;
    view.width = 19;
    view.height = 3;
    view.max_iter = 77;
    for (const double c_re : parts) {
        for (const double c_im : parts) {
            for (const double span : spans) {
                view.c = {c_re, c_im};
                view.x1 = view.y1 = -span / 2;
                view.x2 = view.y2 = span / 2;
                SCOPED_TRACE(testing::Message() << c_re << ", " << c_im << ", " << span);
                expect_the_rule(view, {0, view.height});
            }
        }
    }
}

// Cycles of one to eleven states, and some that take long to be entered.
TEST_P(EveryKernel, KnowsACycleByItsStatesAlone) {
    const std::vector<std::complex<double>> cs = {{0, 0},        {-0.4, 0.1},  {-1, 0},      {-1.3, 0.05},
                                                  {-0.12, 0.75}, {0.38, 0.33}, {-0.5, 0.56}, {-1.755, 0.01},
                                                  {0.2495, 0},   {-0.7499, 0}};
    View view;
    view.width = 37;
    view.height = 11;
    view.max_iter = 5003;
    for (const auto& c : cs) {
        view.c = c;
        SCOPED_TRACE(testing::Message() << c.real() << ", " << c.imag());
        expect_the_rule(view, {0, view.height});
    }
}

TEST_P(EveryKernel, FollowsTheRuleForEveryWidthAroundItsLanes) {
    View view;
    view.height = 3;
    for (view.width = 1; view.width < 70; ++view.width) expect_the_rule(view, {1, 2});
}

TEST_P(EveryKernel, FollowsTheRuleForEverySmallLimit) {
    View view;
    view.width = 61;
    view.height = 17;
    for (view.max_iter = 1; view.max_iter < 80; ++view.max_iter) expect_the_rule(view, {0, view.height});
}

TEST_P(EveryKernel, FollowsTheRuleFarBeyondWhatAPictureNeeds) {
    View view;
    view.width = 5;
    view.height = 5;
    view.max_iter = 300'003;
    view.c = {0.25, 0};
    expect_the_rule(view, {0, view.height});
}

// Only what leaves it ends, with the largest limit there is.
TEST_P(EveryKernel, GoesOnToTheLargestLimit) {
    View view;
    view.width = 33;
    view.height = 9;
    view.max_iter = 4'294'967'295;
    view.c = {1, 0};  // nothing stays within
    expect_the_rule(view, {0, view.height});
}

TEST_P(EveryKernel, CountsNothingWhereAPixelOverflows) {
    View view;
    view.width = 37;
    view.height = 3;
    view.c = {1e308, -1e308};
    view.x1 = view.y1 = -1e200;
    view.x2 = view.y2 = 1e200;
    expect_the_rule(view, {0, view.height});
}

TEST_P(EveryKernel, CountsRowsAloneAsItCountsThemTogether) {
    View view;
    view.width = 203;
    view.height = 50;
    const std::vector<std::uint32_t> all = counts_of(view, GetParam());
    std::vector<std::uint32_t> row(view.width);
    for (std::uint64_t j = 0; j < view.height; ++j) {
        count_steps(view, {j, 1}, GetParam().arithmetic, GetParam().isa, row);
        EXPECT_TRUE(
            std::equal(row.begin(), row.end(), all.begin() + static_cast<std::ptrdiff_t>(j * view.width)));
    }
}

TEST_P(EveryKernel, LeavesOffWhenItIsToldTo) {
    View view;
    view.max_iter = 4'294'967'295;
    view.c = {0.25, 0};  // the inside goes to 1/2 so slowly that it takes 10^8 steps to come round
    std::vector<std::uint32_t> counts(view.width * view.height);
    int asked = 0;
    count_steps(view, {0, view.height}, GetParam().arithmetic, GetParam().isa, counts, {},
                [&] { return ++asked == 3; });
    EXPECT_EQ(asked, 3);
}

// The figures of "High Performance Python", whose 33219980 is the book's own check.
TEST_P(EveryKernel, CountsWhatTheBookCounts) {
    if (GetParam().arithmetic != Arithmetic::ieee) GTEST_SKIP() << "the book does not fuse";
    const std::vector<std::pair<std::uint64_t, std::uint64_t>> sums = {
        {100, 334'236}, {500, 8'306'884}, {1000, 33'219'980}};
    for (const auto& [side, sum] : sums) {
        View view;
        view.width = view.height = side;
        EXPECT_EQ(sum_of(counts_of(view, GetParam())), sum) << side << " pixels";
    }
    const std::vector<std::uint32_t> counts = counts_of(View(), GetParam());
    EXPECT_EQ(std::count(counts.begin(), counts.end(), 300U), 100'321);
}

}  // namespace
}  // namespace cohort::julia

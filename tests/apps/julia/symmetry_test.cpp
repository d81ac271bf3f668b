// Pixels that are images of others are not counted, and nobody can tell.

#include <cohort/plan/random.hpp>
#include <julia/bands.hpp>
#include <julia/kernel.hpp>
#include <julia/mirror.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <complex>
#include <vector>

namespace cohort::julia {
namespace {

View view_of(std::uint64_t width, std::uint64_t height, double half) {
    return {.width = width, .height = height, .x1 = -half, .x2 = half, .y1 = -half, .y2 = half};
}

// Symmetric exactly, nearly, around another middle, or not at all.
View random_view(Random& random) {
    View view = view_of(1 + random.below(70), 1 + random.below(600), random.below(2) == 0 ? 2 : 1.7);
    view.max_iter = static_cast<std::uint32_t>(1 + random.below(60));
    const double c_im = random.below(3) == 0 ? 0 : 0.1 + 0.01 * static_cast<double>(random.below(50));
    view.c = {-0.01 * static_cast<double>(random.below(150)), c_im};
    const auto perturb = [&](double& bound) {
        if (random.below(5) == 0) bound = std::nextafter(bound, 9);
        if (random.below(5) == 0) bound += 0.25 * static_cast<double>(random.below(7));
    };
    perturb(view.x2);
    perturb(view.y1);
    perturb(view.y2);
    return view;
}

TEST(Axis, PairsWhatIsExactlyNegative) {
    const Axis exact = Axis::of_columns(view_of(128, 128, 2));
    EXPECT_EQ(exact.sum(), 128U);
    EXPECT_EQ(exact.images(), 127U);
    EXPECT_EQ(exact.image(0), std::nullopt);
    EXPECT_EQ(exact.image(1), 127U);
    EXPECT_EQ(exact.image(64), 64U);
    const std::uint64_t rounded = Axis::of_columns(view_of(1000, 1, 1.8)).images();
    EXPECT_GT(rounded, 200U);
    EXPECT_LT(rounded, 300U);
    View shifted = view_of(128, 128, 2);
    shifted.x1 = std::nextafter(-2, 0);
    EXPECT_LT(Axis::of_columns(shifted).images(), 127U);
    shifted.x1 = 1;
    EXPECT_EQ(Axis::of_columns(shifted).sum(), 0U);
}

TEST(Bands, HaveImagesOnlyWhereThatSavesMuch) {
    const auto mirrored = [](const View& view) {
        const Bands bands(view);
        std::uint64_t rows = 0;
        for (Index k = 0; k < bands.count(); ++k) rows += bands[k].mirrored.count;
        return rows;
    };
    EXPECT_EQ(mirrored(view_of(4096, 4096, 2)), 2047U);
    EXPECT_EQ(mirrored(View{}), 0U);
    View real;
    real.c = -1;
    EXPECT_EQ(mirrored(real), 499U);
}

// As a picture is written: rows downwards, what is mirrored from the last to the first when there are no more above.
TEST(Bands, HaveEveryRowOnceAndInOrder) {
    for (std::uint64_t trial = 0; trial < 500; ++trial) {
        Random random(Seed(76), 0, trial);
        const View view = random_view(random);
        const Bands bands(view);
        std::vector<std::uint64_t> rows;
        std::vector<Range> kept;
        const auto add = [&](Range range) {
            for (std::uint64_t row = 0; row < range.count; ++row) rows.push_back(range.first + row);
        };
        const auto add_kept = [&] {
            for (; !kept.empty(); kept.pop_back()) add(kept.back());
        };
        for (Index k = 0; k < bands.count(); ++k) {
            const Band band = bands[k];
            ASSERT_GT(band.rows.count, 0U);
            ASSERT_LE(band.rows.count, bands.rows());
            ASSERT_LE(band.mirrored.count, bands.rows());
            if (bands.is_below_mirrored(k)) add_kept();
            add(band.rows);
            kept.push_back(band.mirrored);
        }
        add_kept();
        ASSERT_EQ(rows.size(), view.height) << "trial " << trial;
        for (std::uint64_t row = 0; row < view.height; ++row) ASSERT_EQ(rows[row], row) << "trial " << trial;
    }
}

std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

// The rule is checked in kernel_test.cpp; here each row is counted by itself, so that no row is an image of another.
TEST(BandCounter, CountsWhatRowsByThemselvesCount) {
    std::uint64_t mirrored = 0;
    for (std::uint64_t trial = 0; trial < 100; ++trial) {
        Random random(Seed(77), 0, trial);
        const View view = random_view(random);
        const Arithmetic arithmetic = random.below(2) == 0 ? Arithmetic::ieee : Arithmetic::fma;
        const Bands bands(view);
        const BandCounter counter(view, arithmetic, chosen_isa());
        for (Index k = 0; k < bands.count(); ++k) {
            const Band band = bands[k];
            mirrored += band.mirrored.count;
            std::vector<std::uint32_t> counts(band.row_count() * view.width);
            std::vector<std::complex<double>> ends(counts.size());
            counter.count(band, counts, ends, {});
            std::vector<std::uint32_t> of_row(view.width);
            std::vector<std::complex<double>> ends_of_row(view.width);
            for (std::uint64_t place = 0; place < band.row_count(); ++place) {
                const std::uint64_t row = place < band.rows.count
                                              ? band.rows.first + place
                                              : band.mirrored.first + (place - band.rows.count);
                count_steps(view, {row, 1}, arithmetic, chosen_isa(), of_row, ends_of_row);
                for (std::uint64_t i = 0; i < view.width; ++i) {
                    const std::uint64_t at = place * view.width + i;
                    ASSERT_EQ(counts[at], of_row[i])
                        << "trial " << trial << ", row " << row << ", column " << i;
                    if (counts[at] == view.max_iter) continue;
                    ASSERT_EQ(bits(ends[at].real()), bits(ends_of_row[i].real())) << "trial " << trial;
                    ASSERT_EQ(bits(ends[at].imag()), bits(ends_of_row[i].imag())) << "trial " << trial;
                }
            }
        }
    }
    EXPECT_GT(mirrored, 300U);
}

}  // namespace
}  // namespace cohort::julia

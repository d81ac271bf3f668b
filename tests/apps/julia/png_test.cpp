// A picture whose bands were compressed apart is one that libpng reads, whatever their heights.
#include <julia/png_file.hpp>
#include <julia/smooth.hpp>

#include <gtest/gtest.h>
#include <png.h>

#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace cohort::julia {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> pixels_of(const std::string& path, std::uint32_t width, std::uint32_t height) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
    EXPECT_EQ(image.width, width);
    EXPECT_EQ(image.height, height);
    image.format = PNG_FORMAT_RGB;
    std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
    EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0) << image.message;
    EXPECT_EQ(image.warning_or_error, 0U) << image.message;
    return pixels;
}

TEST(APngFile, IsReadByLibpngAsItWasWritten) {
    std::string folder = (fs::temp_directory_path() / "cohort-png-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/a.png";
    std::mt19937 random(3);
    for (const std::uint32_t width : {1U, 2U, 333U}) {
        for (const std::uint32_t height : {1U, 57U}) {
            for (const unsigned colours : {1U, 7U, 256U}) {
                std::vector<std::uint8_t> pixels(std::size_t{3} * width * height);
                for (std::uint8_t& byte : pixels) byte = static_cast<std::uint8_t>(random() % colours);
                PngFile file(path, "test", true, width, height);
                for (std::size_t row = 0; row < height;) {
                    const std::size_t rows = std::min<std::size_t>(1 + random() % 9, height - row);
                    file.write(png_band(std::span(pixels).subspan(3 * width * row, 3 * width * rows), width));
                    row += rows;
                }
                file.commit();
                EXPECT_EQ(pixels_of(path, width, height), pixels) << width << 'x' << height;
            }
        }
    }
    fs::remove_all(folder);
}

// The same by the library's logarithms.
double slow_smooth_count(std::uint32_t n, std::complex<double> z, std::complex<double> c) {
    for (int step = 0; step < 4; ++step, ++n) z = z * z + c;
    return n + 1 - std::log2(std::log2(std::abs(z)));
}

TEST(ASmoothCount, IsWhatItsFormulaSays) {
    std::mt19937_64 random(4);
    std::uniform_real_distribution<double> anywhere(-3, 3);
    for (int i = 0; i < 100'000; ++i) {
        const std::complex<double> z(anywhere(random), anywhere(random));
        const std::complex<double> c(anywhere(random) / 4, anywhere(random) / 4);
        if (std::abs(z) < 2) continue;
        ASSERT_NEAR(smooth_count(10, z, c), slow_smooth_count(10, z, c), 1e-6) << z << c;
    }
}

TEST(ASmoothCount, IsANumberWhereverAPointLeft) {
    for (const double far : {2.0, 1e10, 1e154, 1e300})
        EXPECT_TRUE(std::isfinite(smooth_count(0, {far, far}, {0.1, 0.1}))) << far;
    EXPECT_TRUE(std::isfinite(smooth_count(1, {2, 0}, {-4, 0})));  // comes back to 0
}

}  // namespace
}  // namespace cohort::julia

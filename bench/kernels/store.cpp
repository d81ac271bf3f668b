// What compression of an output costs a core: bytes of numbers per second, from memory to a file.
//
// counts: 16-bit counts of a Julia set, as an image; primes: sorted 64-bit numbers, as a column; picture: colours as a PNG.
// The peers are HDF5's own filters and libpng, at the level that cohort takes and with its other settings.
#include "kernel.hpp"

#include <cohort/store/column.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/image.hpp>
#include <cohort/team/team.hpp>
#include <julia/bands.hpp>
#include <julia/kernel.hpp>
#include <julia/palette.hpp>
#include <julia/png_file.hpp>

#include <hdf5.h>
#include <png.h>

#include <unistd.h>

#include <array>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace {

constexpr std::uint64_t side = 2048;
constexpr std::uint64_t band = 32;                // rows
constexpr std::uint64_t column_chunk = 1U << 17;  // a MiB of 64-bit numbers

// A file that is gone when the program is.
class Path {
  public:
    Path(const Path&) = delete;
    Path& operator=(const Path&) = delete;
    Path() = default;
    ~Path() { std::filesystem::remove(path_); }
    [[nodiscard]] const std::string& text() const noexcept { return path_; }

  private:
    std::string path_ =
        (std::filesystem::temp_directory_path() / fmt::format("cohort-bench-{}", ::getpid())).string();
};

struct Julia {
    cohort::julia::View view{.width = side, .height = side};
    std::vector<std::uint32_t> counts = std::vector<std::uint32_t>(side * side);
    std::vector<std::complex<double>> ends = std::vector<std::complex<double>>(side * side);

    Julia() {
        cohort::julia::count_steps(view, {.first = 0, .count = side}, cohort::julia::Arithmetic::ieee,
                                   cohort::Isa::portable, counts, ends);
    }
    [[nodiscard]] std::vector<std::uint16_t> narrow() const { return {counts.begin(), counts.end()}; }
    [[nodiscard]] std::vector<std::uint8_t> colours() const {
        std::vector<std::uint8_t> rgb(3 * counts.size());
        cohort::julia::Colours("dusk").paint(view, counts, ends, rgb);
        return rgb;
    }
};

std::vector<std::uint64_t> primes() {
    constexpr std::uint64_t below = 1 << 25;
    std::vector<bool> composite(below);
    std::vector<std::uint64_t> found;
    for (std::uint64_t n = 2; n < below; ++n) {
        if (composite[n]) continue;
        found.push_back(n);
        for (std::uint64_t k = n * n; k < below; k += n) composite[k] = true;
    }
    found.resize(found.size() / column_chunk * column_chunk);
    return found;
}

template <typename T, typename Write>
void measure_cohort(const std::vector<T>& numbers, const Write& write) {
    const Path path;
    cohort::Team team = cohort::Team::alone();
    bench::print(bench::speed(static_cast<double>(numbers.size() * sizeof(T)), [&] {
        cohort::File file = cohort::File::create(team, path.text(), {.program = "bench"}, true);
        write(file);
        file.commit();
    }));
}

void counts_by_cohort(cohort::Isa /*isa*/) {
    const std::vector<std::uint16_t> counts = Julia().narrow();
    measure_cohort(counts, [&](cohort::File& file) {
        cohort::Image<std::uint16_t> image(file, "counts", side, side, {}, 300,
                                           {.compress = true, .chunk = band});
        for (std::uint64_t row = 0; row < side; row += band)
            image.write_rows(row, std::span(counts).subspan(row * side, band * side));
    });
}

void primes_by_cohort(cohort::Isa /*isa*/) {
    const std::vector<std::uint64_t> all = primes();
    measure_cohort(all, [&](cohort::File& file) {
        auto column = cohort::Column<std::uint64_t>::create(file, "primes", all.size(),
                                                            {.compress = true, .chunk = column_chunk});
        column.write(0, all);
    });
}

// HDF5's filters, in one write.
template <typename T>
void measure_hdf5(const std::vector<T>& numbers, hid_t type, std::span<const hsize_t> sizes,
                  std::span<const hsize_t> chunk, bool shuffle) {
    const Path path;
    bench::print(bench::speed(static_cast<double>(numbers.size() * sizeof(T)), [&] {
        const hid_t file = H5Fcreate(path.text().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
        const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data());
        if (shuffle) H5Pset_shuffle(list);
        H5Pset_deflate(list, 1);
        const hid_t dataset = H5Dcreate2(file, "numbers", type, space, H5P_DEFAULT, list, H5P_DEFAULT);
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data());
        H5Dclose(dataset);
        H5Pclose(list);
        H5Sclose(space);
        H5Fclose(file);
    }));
}

void counts_by_hdf5(cohort::Isa /*isa*/) {
    constexpr std::array<hsize_t, 2> sizes{side, side};
    constexpr std::array<hsize_t, 2> chunk{band, side};
    measure_hdf5(Julia().narrow(), H5T_NATIVE_UINT16, sizes, chunk, false);
}

void primes_by_hdf5(cohort::Isa /*isa*/) {
    const std::vector<std::uint64_t> all = primes();
    const std::array<hsize_t, 1> sizes{all.size()};
    constexpr std::array<hsize_t, 1> chunk{column_chunk};
    measure_hdf5(all, H5T_NATIVE_UINT64, sizes, chunk, true);
}

void picture_by_cohort(cohort::Isa /*isa*/) {
    const std::vector<std::uint8_t> rgb = Julia().colours();
    const Path path;
    bench::print(bench::speed(static_cast<double>(rgb.size()), [&] {
        cohort::julia::PngFile file(path.text(), "bench", true, side, side);
        for (std::uint64_t row = 0; row < side; row += band)
            file.write(
                cohort::julia::png_band(std::span(rgb).subspan(3 * row * side, 3 * band * side), side));
        file.commit();
    }));
}

// As matplotlib and Pillow write a picture, unless told.
void picture_by_libpng(cohort::Isa /*isa*/) {
    const std::vector<std::uint8_t> rgb = Julia().colours();
    const Path path;
    bench::print(bench::speed(static_cast<double>(rgb.size()), [&] {
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        image.width = image.height = side;
        image.format = PNG_FORMAT_RGB;
        png_image_write_to_file(&image, path.text().c_str(), 0, rgb.data(), 0, nullptr);
    }));
}

}  // namespace

int main(int argc, char** argv) {
    return bench::run_contestant({{"counts", counts_by_cohort},
                                  {"counts_hdf5", counts_by_hdf5},
                                  {"primes", primes_by_cohort},
                                  {"primes_hdf5", primes_by_hdf5},
                                  {"picture", picture_by_cohort},
                                  {"picture_libpng", picture_by_libpng}},
                                 argc, argv);
}

#include <cohort/store/image.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/store/attributes.hpp>
#include <cohort/store/hdf5.hpp>
#include <cohort/store/written_file.hpp>

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>

namespace cohort::detail {
namespace {

constexpr std::uint64_t usual_chunk = 1 << 20;  // bytes; what HDF5 keeps in memory of a dataset that is read
constexpr std::uint64_t most_chunks = 4096;     // HDF5 1.10 looks for a chunk's place among all of them

Hdf5Dataset opened(hid_t file, const std::string& name) {
    return Hdf5Dataset(hdf5<H5Dopen2>(file, name.c_str(), H5P_DEFAULT));
}

}  // namespace

Dataset create_image(File& file, const std::string& name, NumberType type, std::uint64_t height,
                     std::uint64_t width) {
    if (height == 0 || width == 0)
        throw UsageError(fmt::format("cannot make {}", name), "an image has at least one row and one column",
                         "ask for more");
    const std::uint64_t usual = std::max(usual_chunk / size_of(type) / width, height / most_chunks);
    // As many HDF5 chunks as that makes, of equal size, so that the last one is not mostly unused.
    const std::uint64_t chunks = (height - 1) / std::clamp<std::uint64_t>(usual, 1, height) + 1;
    const std::uint64_t rows = (height - 1) / chunks + 1;
    return Dataset::create(file, name, {.type = type, .items = height, .width = width, .chunk = rows});
}

void describe_image(File& file, const Dataset& image, const Palette& palette, std::uint64_t most) {
    const std::string name = image.name() + "_palette";
    Dataset colours =
        Dataset::create(file, name, {.type = NumberType::u8, .items = palette.size(), .width = 3});
    if (file.team().is_root()) colours.write(0, palette.size(), palette.data());
    file.written()->lay_out(name, [&](hid_t id) -> std::vector<std::uint64_t> {
        const Hdf5Dataset table = opened(id, name);
        write_fixed_text(table.get(), "CLASS", "PALETTE");
        write_fixed_text(table.get(), "PAL_VERSION", "1.2");
        write_fixed_text(table.get(), "PAL_COLORMODEL", "RGB");
        write_fixed_text(table.get(), "PAL_TYPE", "STANDARD8");
        const Hdf5Dataset picture = opened(id, image.name());
        write_fixed_text(picture.get(), "CLASS", "IMAGE");
        write_fixed_text(picture.get(), "IMAGE_VERSION", "1.2");
        write_fixed_text(picture.get(), "IMAGE_SUBCLASS", "IMAGE_INDEXED");
        write_fixed_text(picture.get(), "DISPLAY_ORIGIN", "UL");
        const std::array<std::uint64_t, 2> range{0, most};
        write_numbers(picture.get(), "IMAGE_MINMAXRANGE", H5T_NATIVE_UINT64, range.data(), range.size());
        write_reference(picture.get(), "PALETTE", id, name);
        return {};
    });
}

void add_scale(File& file, const Dataset& image, unsigned dimension, const std::string& name,
               std::span<const double> values) {
    Dataset scale = Dataset::create(file, name, {.type = NumberType::f64, .items = values.size()});
    if (file.team().is_root()) scale.write(0, values.size(), values.data());
    file.written()->lay_out(name, [&](hid_t id) -> std::vector<std::uint64_t> {
        const Hdf5Dataset axis = opened(id, name);
        const Hdf5Dataset picture = opened(id, image.name());
        hdf5<H5DSset_scale>(axis.get(), name.c_str());
        // HDF5 1.10 attaches no scale to what has a CLASS of another length than that of a scale, so it goes on last.
        hdf5<H5Adelete>(picture.get(), "CLASS");
        hdf5<H5DSattach_scale>(picture.get(), axis.get(), dimension);
        hdf5<H5DSset_label>(picture.get(), dimension, name.c_str());
        write_fixed_text(picture.get(), "CLASS", "IMAGE");
        return {};
    });
}

std::uint64_t rows_of(const Dataset& image, std::uint64_t values) {
    if (values % image.width() != 0)
        throw UsageError(fmt::format("cannot write {} values to {}", values, image.name()),
                         fmt::format("its rows have {}", image.width()), "write whole rows");
    return values / image.width();
}

}  // namespace cohort::detail

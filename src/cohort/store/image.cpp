#include <cohort/store/image.hpp>

#include <cohort/store/attributes.hpp>
#include <cohort/store/hdf5.hpp>
#include <cohort/store/written_file.hpp>

#include <array>

namespace cohort::detail {
namespace {

Hdf5Dataset opened(hid_t file, const std::string& name) {
    return Hdf5Dataset(hdf5<H5Dopen2>(file, name.c_str(), H5P_DEFAULT));
}

}  // namespace

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

}  // namespace cohort::detail

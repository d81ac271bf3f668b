#include <cohort/store/image.hpp>

#include <hdf5_hl.h>

#include <algorithm>

namespace cohort::detail {
namespace {

constexpr hsize_t chunk_side = 512;

void write_on_root(Dataset& dataset, const Dataset::Sizes& sizes, hid_t type, const void* data) {
    dataset.file().team().agree([&] {
        if (dataset.file().team().is_root()) {
            dataset.write(Dataset::Sizes(sizes.size(), 0), sizes, type, data);
        }
    });
}

}  // namespace

Dataset create_image(File& file, const std::string& name, hid_t type, std::uint64_t height,
                     std::uint64_t width) {
    return Dataset::create(file, name, type, {height, width},
                           {std::min<hsize_t>(height, chunk_side), std::min<hsize_t>(width, chunk_side)});
}

void describe_image(Dataset& image, const std::string& name, const Palette& palette, std::uint64_t most) {
    File& file = image.file();
    Dataset colours = Dataset::create(file, name + "_palette", H5T_NATIVE_UINT8, {palette.size(), 3}, {});
    write_on_root(colours, {palette.size(), 3}, H5T_NATIVE_UINT8, palette.data());
    file.team().agree([&] {
        write_attribute(colours.id(), "CLASS", "PALETTE");
        write_attribute(colours.id(), "PAL_VERSION", "1.2");
        write_attribute(colours.id(), "PAL_COLORMODEL", "RGB");
        write_attribute(colours.id(), "PAL_TYPE", "STANDARD8");
        write_attribute(image.id(), "CLASS", "IMAGE");
        write_attribute(image.id(), "IMAGE_VERSION", "1.2");
        write_attribute(image.id(), "IMAGE_SUBCLASS", "IMAGE_INDEXED");
        write_attribute(image.id(), "DISPLAY_ORIGIN", "UL");
        const std::array<std::uint64_t, 2> range{0, most};
        write_attribute(image.id(), "IMAGE_MINMAXRANGE", H5T_NATIVE_UINT64, range.data(), range.size());
        hobj_ref_t reference{};
        check_hdf5(H5Rcreate(&reference, file.id(), (name + "_palette").c_str(), H5R_OBJECT, H5I_INVALID_HID),
                   "refer to a palette");
        const hsize_t one = 1;
        const Handle space(H5Screate_simple(1, &one, nullptr), H5Sclose, "make a dataspace");
        const Handle attribute(
            H5Acreate2(image.id(), "PALETTE", H5T_STD_REF_OBJ, space.get(), H5P_DEFAULT, H5P_DEFAULT),
            H5Aclose, "write the attribute PALETTE");
        check_hdf5(H5Awrite(attribute.get(), H5T_STD_REF_OBJ, &reference), "write the attribute PALETTE");
    });
}

void add_scale(Dataset& image, unsigned dimension, const std::string& name, std::span<const double> values) {
    Dataset scale = Dataset::create(image.file(), name, H5T_NATIVE_DOUBLE, {values.size()}, {});
    write_on_root(scale, {values.size()}, H5T_NATIVE_DOUBLE, values.data());
    image.file().team().agree([&] {
        const std::string what = "make " + name + " an axis";
        check_hdf5(H5DSset_scale(scale.id(), name.c_str()), what);
        // HDF5 1.10 attaches no scale to what has a CLASS of another length than that of a scale, so it goes on last.
        check_hdf5(H5Adelete(image.id(), "CLASS"), what);
        check_hdf5(H5DSattach_scale(image.id(), scale.id(), dimension), what);
        check_hdf5(H5DSset_label(image.id(), dimension, name.c_str()), what);
        write_attribute(image.id(), "CLASS", "IMAGE");
    });
}

}  // namespace cohort::detail

#include <cohort/store/layout.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace cohort::detail {
namespace {

// Places of the HDF5 chunks of items [known * chunk, items).
std::vector<std::uint64_t> places_of_chunks(hid_t dataset, std::uint64_t items, std::uint64_t chunk,
                                            std::uint64_t known) {
    std::vector<std::uint64_t> places;
    for (std::uint64_t first = known * chunk; first < items; first += chunk) {
        const std::array<hsize_t, 2> corner{first, 0};
        unsigned filters = 0;
        haddr_t place = HADDR_UNDEF;
        hsize_t bytes = 0;
        hdf5<H5Dget_chunk_info_by_coord>(dataset, corner.data(), &filters, &place, &bytes);
        if (place == HADDR_UNDEF) throw Hdf5Error("HDF5 gave no room to a chunk");
        places.push_back(place);
    }
    return places;
}

Hdf5List properties_of(const Dataset::Shape& shape, int dimensions) {
    Hdf5List list(hdf5<H5Pcreate>(H5P_DATASET_CREATE));
    if (shape.chunk > 0) {
        const std::array<hsize_t, 2> chunk{shape.chunk, shape.width};
        hdf5<H5Pset_chunk>(list.get(), dimensions, chunk.data());
    }
    if (shape.level > 0) {
        if (shape.shuffle) hdf5<H5Pset_shuffle>(list.get());
        hdf5<H5Pset_deflate>(list.get(), static_cast<unsigned>(std::min(shape.level, 9)));
    } else {
        hdf5<H5Pset_alloc_time>(list.get(), H5D_ALLOC_TIME_EARLY);
        hdf5<H5Pset_fill_time>(list.get(), H5D_FILL_TIME_NEVER);
    }
    // The same numbers make the same dataset, whenever.
    hdf5<H5Pset_obj_track_times>(list.get(), false);
    return list;
}

}  // namespace

hid_t native_type(NumberType type) {
    switch (type) {
        case NumberType::u8: return H5T_NATIVE_UINT8;
        case NumberType::u16: return H5T_NATIVE_UINT16;
        case NumberType::u32: return H5T_NATIVE_UINT32;
        case NumberType::u64: return H5T_NATIVE_UINT64;
        case NumberType::i8: return H5T_NATIVE_INT8;
        case NumberType::i16: return H5T_NATIVE_INT16;
        case NumberType::i32: return H5T_NATIVE_INT32;
        case NumberType::i64: return H5T_NATIVE_INT64;
        case NumberType::f32: return H5T_NATIVE_FLOAT;
        case NumberType::f64: return H5T_NATIVE_DOUBLE;
    }
    return H5I_INVALID_HID;
}

bool can_hold(NumberType type, hid_t stored) {
    const H5T_class_t kind = hdf5<H5Tget_class>(stored);
    if (type >= NumberType::f32) return kind == H5T_INTEGER || kind == H5T_FLOAT;
    if (kind != H5T_INTEGER) return false;
    const std::size_t room = size_of(type);
    const std::size_t size = H5Tget_size(stored);
    const bool is_signed = type >= NumberType::i8;
    const bool stored_signed = hdf5<H5Tget_sign>(stored) == H5T_SGN_2;
    return is_signed == stored_signed ? size <= room : is_signed && size < room;
}

std::vector<std::uint64_t> make_dataset(hid_t file, const std::string& name, const Dataset::Shape& shape) {
    const int dimensions = shape.width > 0 ? 2 : 1;
    const std::array<hsize_t, 2> sizes{shape.items, shape.width};
    const std::array<hsize_t, 2> most{shape.grows ? H5S_UNLIMITED : shape.items, shape.width};
    const Hdf5Space space(hdf5<H5Screate_simple>(dimensions, sizes.data(), most.data()));
    const Hdf5List links(hdf5<H5Pcreate>(H5P_LINK_CREATE));
    hdf5<H5Pset_create_intermediate_group>(links.get(), 1U);
    const Hdf5List list = properties_of(shape, dimensions);
    const Hdf5Dataset dataset(hdf5<H5Dcreate2>(file, name.c_str(), native_type(shape.type), space.get(),
                                               links.get(), list.get(), H5P_DEFAULT));
    if (shape.items == 0 || shape.level > 0) return {};
    if (shape.chunk > 0) return places_of_chunks(dataset.get(), shape.items, shape.chunk, 0);
    const haddr_t place = H5Dget_offset(dataset.get());
    if (place == HADDR_UNDEF) throw Hdf5Error("HDF5 gave no room to the dataset");
    return {place};
}

std::vector<std::uint64_t> extend_dataset(hid_t file, const std::string& name, std::uint64_t items,
                                          std::uint64_t chunk, std::uint64_t known) {
    const Hdf5Dataset dataset(hdf5<H5Dopen2>(file, name.c_str(), H5P_DEFAULT));
    const hsize_t size = items;
    hdf5<H5Dset_extent>(dataset.get(), &size);
    return places_of_chunks(dataset.get(), items, chunk, known);
}

void place_chunks(hid_t file, const std::string& name, const Dataset::Shape& shape,
                  std::span<const Compressed::Placed> chunks, Hdf5Backing& backing) {
    const Hdf5Dataset dataset(hdf5<H5Dopen2>(file, name.c_str(), H5P_DEFAULT));
    const hsize_t size = shape.items;
    if (shape.grows) hdf5<H5Dset_extent>(dataset.get(), &size);
    const std::vector<std::byte> unused(shape.chunk * shape.item_bytes());
    for (const Compressed::Placed& chunk : chunks) {
        const std::array<hsize_t, 2> corner{chunk.chunk * shape.chunk, 0};
        backing.written = {.place = chunk.place, .bytes = chunk.bytes};
        hdf5<H5Dwrite_chunk>(dataset.get(), H5P_DEFAULT, static_cast<std::uint32_t>(chunk.skipped),
                             corner.data(), chunk.bytes, unused.data());
        if (backing.written.bytes > 0) throw Hdf5Error("HDF5 took another place for a chunk");
    }
}

}  // namespace cohort::detail

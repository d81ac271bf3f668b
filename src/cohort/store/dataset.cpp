#include <cohort/store/dataset.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/run/exchange.hpp>

#include <algorithm>
#include <functional>
#include <numeric>

namespace cohort::detail {
namespace {

constexpr hsize_t most_bytes = hsize_t{1} << 30;  // MPI counts in int

// What elements of this size take on the disk: whole HDF5 chunks, if there are any.
std::uint64_t bytes_stored(const Dataset::Sizes& sizes, const Dataset::Sizes& chunk, std::size_t element) {
    std::uint64_t bytes = element;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        bytes *= chunk.empty() ? sizes[i] : (sizes[i] + chunk[i] - 1) / chunk[i] * chunk[i];
    }
    return bytes;
}

Handle creation_properties(const Dataset::Sizes& chunk) {
    Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "make a property list");
    if (!chunk.empty()) {
        check_hdf5(H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data()),
                   "set HDF5 chunks");
    }
    check_hdf5(H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY), "set allocation");
    check_hdf5(H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER), "set filling");
    return properties;
}

}  // namespace

Dataset Dataset::create(File& file, const std::string& name, hid_t type, const Sizes& sizes,
                        const Sizes& chunk) {
    Dataset result(file, name);
    result.sizes_ = sizes;
    file.reserve(bytes_stored(sizes, chunk, H5Tget_size(type)));
    file.team().agree([&] {
        const std::string what = "create the dataset " + name + " in " + file.path();
        const bool empty = std::find(sizes.begin(), sizes.end(), hsize_t{0}) != sizes.end();
        const Handle properties = creation_properties(empty ? Sizes{} : chunk);
        const Handle space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose,
                           what);
        result.dataset_ = Handle(H5Dcreate2(file.id(), name.c_str(), type, space.get(), H5P_DEFAULT,
                                            properties.get(), H5P_DEFAULT),
                                 H5Dclose, what);
    });
    return result;
}

Dataset Dataset::growing(File& file, const std::string& name, hid_t type, hsize_t chunk) {
    Dataset result(file, name);
    result.sizes_ = {0};
    result.chunk_ = {chunk};
    file.team().agree([&] {
        const std::string what = "create the dataset " + name + " in " + file.path();
        const Handle properties = creation_properties({chunk});
        const hsize_t none = 0;
        const hsize_t unlimited = H5S_UNLIMITED;
        const Handle space(H5Screate_simple(1, &none, &unlimited), H5Sclose, what);
        result.dataset_ = Handle(H5Dcreate2(file.id(), name.c_str(), type, space.get(), H5P_DEFAULT,
                                            properties.get(), H5P_DEFAULT),
                                 H5Dclose, what);
    });
    return result;
}

Dataset Dataset::open(File& file, const std::string& name) {
    Dataset result(file, name);
    file.team().agree([&] {
        const std::string what = "open the dataset " + name + " in " + file.path();
        result.dataset_ = Handle(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, what);
        const Handle space(H5Dget_space(result.id()), H5Sclose, what);
        result.sizes_.resize(
            static_cast<std::size_t>(check_hdf5(H5Sget_simple_extent_ndims(space.get()), what)));
        check_hdf5(H5Sget_simple_extent_dims(space.get(), result.sizes_.data(), nullptr), what);
    });
    return result;
}

template <typename Transfer>
void Dataset::in_pieces(const Sizes& first, const Sizes& count, std::size_t bytes,
                        const Transfer& transfer) const {
    const hsize_t row = std::accumulate(count.begin() + 1, count.end(), hsize_t{1}, std::multiplies<>{});
    const hsize_t rows_at_once = std::max<hsize_t>(most_bytes / std::max<hsize_t>(row * bytes, 1), 1);
    const Handle file_space(H5Dget_space(id()), H5Sclose, "use " + name_);
    Sizes start = first;
    Sizes piece = count;
    for (hsize_t done = 0; done < count[0]; done += piece[0]) {
        start[0] = first[0] + done;
        piece[0] = std::min(rows_at_once, count[0] - done);
        check_hdf5(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, piece.data(),
                                       nullptr),
                   "use " + name_);
        const Handle memory(H5Screate_simple(static_cast<int>(piece.size()), piece.data(), nullptr), H5Sclose,
                            "use " + name_);
        transfer(memory.get(), file_space.get(), done * row * bytes);
    }
}

void Dataset::read(const Sizes& first, const Sizes& count, hid_t type, void* data) const {
    in_pieces(first, count, H5Tget_size(type), [&](hid_t memory, hid_t space, std::size_t offset) {
        check_hdf5(H5Dread(id(), type, memory, space, H5P_DEFAULT, static_cast<std::byte*>(data) + offset),
                   "read " + name_ + " from " + file_->path());
    });
}

void Dataset::write(const Sizes& first, const Sizes& count, hid_t type, const void* data) {
    in_pieces(first, count, H5Tget_size(type), [&](hid_t memory, hid_t space, std::size_t offset) {
        check_hdf5(
            H5Dwrite(id(), type, memory, space, H5P_DEFAULT, static_cast<const std::byte*>(data) + offset),
            "write " + name_ + " to " + file_->path());
    });
}

void Dataset::append(hid_t type, std::uint64_t count, const void* data) {
    Team& team = file_->team();
    const std::vector<std::uint64_t> counts = all_gather(team, count);
    const auto before = counts.begin() + team.rank();
    const hsize_t first = sizes_[0] + std::accumulate(counts.begin(), before, hsize_t{0});
    const std::uint64_t stored = bytes_stored(sizes_, chunk_, H5Tget_size(type));
    sizes_[0] += std::accumulate(counts.begin(), counts.end(), hsize_t{0});
    // First, so that a file for which there is no room can still be closed.
    file_->reserve(bytes_stored(sizes_, chunk_, H5Tget_size(type)) - stored);
    team.agree(
        [&] { check_hdf5(H5Dset_extent(id(), sizes_.data()), "extend " + name_ + " in " + file_->path()); });
    team.agree([&] { write({first}, {count}, type, data); });
}

}  // namespace cohort::detail

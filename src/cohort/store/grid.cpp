#include <cohort/store/grid.hpp>

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

// Of an HDF5 chunk, in about the usual ones, of equal size, so that the last one is not mostly unused.
std::uint64_t usual_rows(std::uint64_t height, std::uint64_t row_bytes, bool compress) {
    const std::uint64_t usual =
        std::max(usual_chunk / std::max<std::uint64_t>(row_bytes, 1), compress ? 0 : height / most_chunks);
    const std::uint64_t chunks = (height - 1) / std::clamp<std::uint64_t>(usual, 1, height) + 1;
    return (height - 1) / chunks + 1;
}

}  // namespace

Dataset create_grid(File& file, const std::string& name, NumberType type, std::uint64_t height,
                    std::uint64_t width, const Layout& layout) {
    if (height == 0 || width == 0)
        throw UsageError(fmt::format("cannot make {}", name), "it has at least one row and one column",
                         "ask for more");
    const std::uint64_t rows = layout.chunk > 0 ? std::min(layout.chunk, height)
                                                : usual_rows(height, width * size_of(type), layout.compress);
    // No shuffle: what is next to each other is mostly equal, which deflate sees sooner in whole numbers.
    return Dataset::create(file, name,
                           {.type = type,
                            .items = height,
                            .width = width,
                            .chunk = rows,
                            .level = layout.compress ? layout.level : 0,
                            .shuffle = type >= NumberType::f32});
}

void add_scale(File& file, const std::string& name, std::span<const double> values) {
    Dataset scale = Dataset::create(file, name, {.type = NumberType::f64, .items = values.size()});
    if (file.team().is_root()) scale.write(0, values.size(), values.data());
    file.written()->lay_out(name, [&](hid_t id) -> std::vector<std::uint64_t> {
        hdf5<H5DSset_scale>(Hdf5Dataset(hdf5<H5Dopen2>(id, name.c_str(), H5P_DEFAULT)).get(), name.c_str());
        return {};
    });
}

void attach_scale(File& file, const Dataset& grid, unsigned dimension, const std::string& scale) {
    file.written()->lay_out(scale, [&](hid_t id) -> std::vector<std::uint64_t> {
        const Hdf5Dataset axis(hdf5<H5Dopen2>(id, scale.c_str(), H5P_DEFAULT));
        const Hdf5Dataset table(hdf5<H5Dopen2>(id, grid.name().c_str(), H5P_DEFAULT));
        // HDF5 1.10 attaches no scale to what has a CLASS of another length than that of a scale, so it goes on last.
        const bool is_image = hdf5<H5Aexists>(table.get(), "CLASS") > 0;
        if (is_image) hdf5<H5Adelete>(table.get(), "CLASS");
        hdf5<H5DSattach_scale>(table.get(), axis.get(), dimension);
        hdf5<H5DSset_label>(table.get(), dimension, scale.c_str());
        if (is_image) write_fixed_text(table.get(), "CLASS", "IMAGE");
        return {};
    });
}

std::uint64_t rows_of(const Dataset& grid, std::uint64_t values) {
    if (values % grid.width() != 0)
        throw UsageError(fmt::format("cannot write {} values to {}", values, grid.name()),
                         fmt::format("its rows have {}", grid.width()), "write whole rows");
    return values / grid.width();
}

}  // namespace cohort::detail

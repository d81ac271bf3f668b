#include <cohort/store/column.hpp>

#include <algorithm>

namespace cohort::detail {
namespace {

constexpr std::uint64_t usual_chunk = 1 << 20;  // bytes; what HDF5 keeps in memory of a dataset that is read

Dataset::Shape shape_of(NumberType type, const Layout& layout) {
    return {.type = type,
            .chunk = layout.chunk > 0 ? layout.chunk : usual_chunk / size_of(type),
            .level = layout.compress ? layout.level : 0,
            .shuffle = layout.compress};
}

}  // namespace

Dataset create_column(File& file, const std::string& name, NumberType type, std::uint64_t count,
                      const Layout& layout) {
    if (count == 0 || (!layout.compress && layout.chunk == 0))
        return Dataset::create(file, name, {.type = type, .items = count});
    Dataset::Shape shape = shape_of(type, layout);
    shape.items = count;
    shape.chunk = std::min(shape.chunk, count);
    return Dataset::create(file, name, shape);
}

Dataset create_growing_column(File& file, const std::string& name, NumberType type, const Layout& layout) {
    Dataset::Shape shape = shape_of(type, layout);
    shape.grows = true;
    return Dataset::create(file, name, shape);
}

}  // namespace cohort::detail

#include <cohort/store/hdf5.hpp>

#include <string_view>

namespace cohort::detail {
namespace {

// Called from the innermost entry outwards; a result above 0 ends the walk.
herr_t take_first(unsigned /*number*/, const H5E_error2_t* entry, void* text) {
    *static_cast<std::string*>(text) = entry->desc != nullptr ? entry->desc : "";
    return 1;
}

// Drivers put the system's message among a dozen other things: "..., error message = 'No such file or directory', ...".
std::string essence_of(const std::string& text) {
    constexpr std::string_view mark = "error message = '";
    const std::size_t begin = text.find(mark);
    if (begin == std::string::npos) return text;
    const std::size_t from = begin + mark.size();
    return text.substr(from, text.find('\'', from) - from);
}

}  // namespace

Hdf5Silence::Hdf5Silence() noexcept {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Silence::~Hdf5Silence() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

void throw_hdf5_error() {
    std::string text;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &text);
    H5Eclear2(H5E_DEFAULT);
    throw Hdf5Error(text.empty() ? "no reason" : essence_of(text));
}

}  // namespace cohort::detail

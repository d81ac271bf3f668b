#include <cohort/store/attributes.hpp>

#include <cstring>

namespace cohort::detail {
namespace {

void write(hid_t object, const std::string& name, hid_t type, const Hdf5Space& space, const void* value) {
    const Hdf5Attribute attribute(
        hdf5<H5Acreate2>(object, name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT));
    hdf5<H5Awrite>(attribute.get(), type, value);
}

Hdf5Type text_type(std::size_t size, H5T_cset_t letters) {
    Hdf5Type type(hdf5<H5Tcopy>(H5T_C_S1));
    hdf5<H5Tset_size>(type.get(), size);
    hdf5<H5Tset_cset>(type.get(), letters);
    return type;
}

}  // namespace

void write_attribute(hid_t object, const std::string& name, const AttributeValue& value) {
    const Hdf5Space one(hdf5<H5Screate>(H5S_SCALAR));
    if (const auto* text = std::get_if<std::string>(&value)) {
        const char* letters = text->c_str();
        write(object, name, text_type(H5T_VARIABLE, H5T_CSET_UTF8).get(), one, &letters);
    } else if (const auto* real = std::get_if<double>(&value)) {
        write(object, name, H5T_NATIVE_DOUBLE, one, real);
    } else {
        write(object, name, H5T_NATIVE_UINT64, one, std::get_if<std::uint64_t>(&value));
    }
}

void write_fixed_text(hid_t object, const std::string& name, std::string_view text) {
    const std::string closed(text);
    const Hdf5Space one(hdf5<H5Screate>(H5S_SCALAR));
    write(object, name, text_type(closed.size() + 1, H5T_CSET_ASCII).get(), one, closed.c_str());
}

void write_numbers(hid_t object, const std::string& name, hid_t type, const void* numbers,
                   std::uint64_t count) {
    const hsize_t size = count;
    write(object, name, type, Hdf5Space(hdf5<H5Screate_simple>(1, &size, nullptr)), numbers);
}

void write_reference(hid_t object, const std::string& name, hid_t file, const std::string& dataset) {
    hobj_ref_t reference{};
    hdf5<H5Rcreate>(&reference, file, dataset.c_str(), H5R_OBJECT, hid_t{-1});
    write_numbers(object, name, H5T_STD_REF_OBJ, &reference, 1);
}

std::optional<std::string> read_text(hid_t object, const std::string& name) {
    if (hdf5<H5Aexists>(object, name.c_str()) == 0) return std::nullopt;
    const Hdf5Attribute attribute(hdf5<H5Aopen>(object, name.c_str(), H5P_DEFAULT));
    const Hdf5Space space(hdf5<H5Aget_space>(attribute.get()));
    const Hdf5Type type(hdf5<H5Aget_type>(attribute.get()));
    if (hdf5<H5Sget_simple_extent_npoints>(space.get()) != 1 || hdf5<H5Tget_class>(type.get()) != H5T_STRING)
        return std::nullopt;
    if (hdf5<H5Tis_variable_str>(type.get()) > 0) {
        char* letters = nullptr;
        hdf5<H5Aread>(attribute.get(), type.get(), &letters);
        std::string text = letters != nullptr ? letters : "";
        H5free_memory(letters);
        return text;
    }
    std::string text(H5Tget_size(type.get()), '\0');
    hdf5<H5Aread>(attribute.get(), type.get(), text.data());
    return text.substr(0, std::strlen(text.c_str()));
}

}  // namespace cohort::detail

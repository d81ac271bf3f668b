#include <cohort/store/hdf5.hpp>

#include <cohort/plan/error.hpp>

namespace cohort::detail {
namespace {

// Called from the outermost error to the innermost, so the last one stays.
herr_t keep(unsigned /*depth*/, const H5E_error2_t* error, void* text) {
    if (error->desc != nullptr) {
        *static_cast<std::string*>(text) = error->desc;
    }
    return 0;
}

Handle text_type(std::size_t length) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "make a text type");
    check_hdf5(H5Tset_size(type.get(), length), "make a text type");
    check_hdf5(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a text type");
    return type;
}

void write(hid_t object, const std::string& name, hid_t type, hid_t space, const void* values) {
    const std::string what = "write the attribute " + name;
    if (check_hdf5(H5Aexists(object, name.c_str()), what) > 0) {
        check_hdf5(H5Adelete(object, name.c_str()), what);
    }
    const Handle attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                           what);
    check_hdf5(H5Awrite(attribute.get(), type, values), what);
}

}  // namespace

void prepare_hdf5() {
    static const bool done = [] {
        // A file that was given up must not be closed at exit: with several ranks that may wait for a rank that failed.
        H5dont_atexit();
        H5open();
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        return true;
    }();
    (void)done;
}

void throw_hdf5(std::string_view what) {
    std::string cause = "HDF5 gives no reason";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep, &cause);
    throw StoreError(error_text("cannot " + std::string(what), cause,
                                "check the disk's free space and the file's permissions"));
}

template <>
hid_t native_type<std::int8_t>() {
    return H5T_NATIVE_INT8;
}
template <>
hid_t native_type<std::uint8_t>() {
    return H5T_NATIVE_UINT8;
}
template <>
hid_t native_type<std::int16_t>() {
    return H5T_NATIVE_INT16;
}
template <>
hid_t native_type<std::uint16_t>() {
    return H5T_NATIVE_UINT16;
}
template <>
hid_t native_type<std::int32_t>() {
    return H5T_NATIVE_INT32;
}
template <>
hid_t native_type<std::uint32_t>() {
    return H5T_NATIVE_UINT32;
}
template <>
hid_t native_type<std::int64_t>() {
    return H5T_NATIVE_INT64;
}
template <>
hid_t native_type<std::uint64_t>() {
    return H5T_NATIVE_UINT64;
}
template <>
hid_t native_type<float>() {
    return H5T_NATIVE_FLOAT;
}
template <>
hid_t native_type<double>() {
    return H5T_NATIVE_DOUBLE;
}

void write_attribute(hid_t object, const std::string& name, const std::string& text) {
    const Handle type = text_type(text.size() + 1);
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "make a dataspace");
    write(object, name, type.get(), space.get(), text.c_str());
}

void write_words(hid_t object, const std::string& name, const std::string& text) {
    const Handle type = text_type(H5T_VARIABLE);
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "make a dataspace");
    const char* words = text.c_str();
    write(object, name, type.get(), space.get(), &words);
}

void write_attribute(hid_t object, const std::string& name, hid_t type, const void* values, hsize_t count) {
    const Handle space(count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr), H5Sclose,
                       "make a dataspace");
    write(object, name, type, space.get(), values);
}

std::string read_words(hid_t object, const std::string& name) {
    if (H5Aexists(object, name.c_str()) <= 0) {
        return {};
    }
    const std::string what = "read the attribute " + name;
    const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, what);
    const Handle stored(H5Aget_type(attribute.get()), H5Tclose, what);
    if (H5Tget_class(stored.get()) != H5T_STRING || H5Tis_variable_str(stored.get()) <= 0) {
        return {};
    }
    char* words = nullptr;
    check_hdf5(H5Aread(attribute.get(), stored.get(), &words), what);
    const std::string text = words != nullptr ? words : "";
    H5free_memory(words);
    return text;
}

}  // namespace cohort::detail

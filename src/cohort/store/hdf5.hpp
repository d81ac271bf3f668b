// HDF5's handles and return codes in C++.
//
// Every HDF5 call of cohort is checked here, once. HDF5 prints its own stack of errors unless told otherwise; what a user
// needs of it, the innermost cause, goes into the message of the StoreError instead.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace cohort::detail {

// Local. Once per process, before anything else of HDF5: no printing, no closing behind our back at exit.
void prepare_hdf5();

// Throws StoreError "cannot <what> (<HDF5's innermost cause>)..." unless `code` is at least 0, which it returns.
template <typename Code>
Code check_hdf5(Code code, std::string_view what);
[[noreturn]] void throw_hdf5(std::string_view what);

template <typename Code>
Code check_hdf5(Code code, std::string_view what) {
    if (code < 0) {
        throw_hdf5(what);
    }
    return code;
}

// An open handle. Closing is local but for files, which File closes itself.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    // Throws StoreError if `id` is none: "cannot <what> ...".
    Handle(hid_t id, Close close, std::string_view what) : id_(check_hdf5(id, what)), close_(close) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
        if (id_ >= 0) {
            close_(id_);
        }
    }

    [[nodiscard]] hid_t get() const noexcept { return id_; }
    // Gives the handle up without closing it.
    hid_t release() noexcept { return std::exchange(id_, H5I_INVALID_HID); }

  private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

// The type of T in memory.
template <typename T>
[[nodiscard]] hid_t native_type();
template <>
[[nodiscard]] hid_t native_type<std::int8_t>();
template <>
[[nodiscard]] hid_t native_type<std::uint8_t>();
template <>
[[nodiscard]] hid_t native_type<std::int16_t>();
template <>
[[nodiscard]] hid_t native_type<std::uint16_t>();
template <>
[[nodiscard]] hid_t native_type<std::int32_t>();
template <>
[[nodiscard]] hid_t native_type<std::uint32_t>();
template <>
[[nodiscard]] hid_t native_type<std::int64_t>();
template <>
[[nodiscard]] hid_t native_type<std::uint64_t>();
template <>
[[nodiscard]] hid_t native_type<float>();
template <>
[[nodiscard]] hid_t native_type<double>();

// Attributes of an object; replace what is there. In a file of several ranks all of them must give the same. Text has a
// fixed length, as the specifications of images and scales ask for; words have not, and come out of h5py as str.
void write_attribute(hid_t object, const std::string& name, const std::string& text);
void write_attribute(hid_t object, const std::string& name, hid_t type, const void* values, hsize_t count);
void write_words(hid_t object, const std::string& name, const std::string& text);
// Empty where there are no such words.
[[nodiscard]] std::string read_words(hid_t object, const std::string& name);

}  // namespace cohort::detail

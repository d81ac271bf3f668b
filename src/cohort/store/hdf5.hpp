// HDF5's calls, checked, and its ids, owned. For the files of this folder only.
//
//     const Hdf5Space space(hdf5<H5Screate_simple>(1, &count, nullptr));
//
// HDF5 reports an error twice: by a negative result, and in words on a stack of its own, which it prints unless told
// otherwise. Here every call is made in one place, which keeps it from printing and throws the innermost of those
// words. A StoreError that names the file is made of it where the file is known (WrittenFile, ReadFile).
#pragma once

#include <hdf5.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace cohort::detail {

// What HDF5 says is wrong: "unable to open file", or what the system told it, "No space left on device".
class Hdf5Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// While it lives HDF5 prints no errors.
class Hdf5Silence {
  public:
    Hdf5Silence() noexcept;
    Hdf5Silence(const Hdf5Silence&) = delete;
    Hdf5Silence& operator=(const Hdf5Silence&) = delete;
    ~Hdf5Silence();

  private:
    H5E_auto2_t print_ = nullptr;
    void* data_ = nullptr;
};

[[noreturn]] void throw_hdf5_error();

// Calls a function of HDF5 whose result is negative where it fails; throws Hdf5Error then.
template <auto Function, typename... Args>
auto hdf5(Args&&... args) {
    const Hdf5Silence silence;
    const auto result = Function(std::forward<Args>(args)...);
    if (result < 0) throw_hdf5_error();
    return result;
}

// An id, and the function that gives it back.
template <herr_t (*Close)(hid_t)>
class Hdf5Id {
  public:
    Hdf5Id() = default;
    explicit Hdf5Id(hid_t id) noexcept : id_(id) {}
    Hdf5Id(Hdf5Id&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
    Hdf5Id& operator=(Hdf5Id&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    Hdf5Id(const Hdf5Id&) = delete;
    Hdf5Id& operator=(const Hdf5Id&) = delete;
    ~Hdf5Id() {
        if (id_ < 0) return;
        const Hdf5Silence silence;
        Close(id_);
    }

    [[nodiscard]] hid_t get() const noexcept { return id_; }

    // Gives the id back, and throws Hdf5Error where that fails.
    void close() { hdf5<Close>(std::exchange(id_, H5I_INVALID_HID)); }

  private:
    hid_t id_ = H5I_INVALID_HID;
};

using Hdf5File = Hdf5Id<H5Fclose>;
using Hdf5Dataset = Hdf5Id<H5Dclose>;
using Hdf5Space = Hdf5Id<H5Sclose>;
using Hdf5Type = Hdf5Id<H5Tclose>;
using Hdf5Attribute = Hdf5Id<H5Aclose>;
using Hdf5List = Hdf5Id<H5Pclose>;

}  // namespace cohort::detail

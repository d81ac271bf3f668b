// Attributes of HDF5 objects. For the files of this folder only. All throw Hdf5Error.
#pragma once

#include <cohort/store/hdf5.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cohort::detail {

using AttributeValue = std::variant<std::string, double, std::uint64_t>;
using Attributes = std::map<std::string, AttributeValue>;

// A string becomes one of variable length in UTF-8, which h5py reads as str.
void write_attribute(hid_t object, const std::string& name, const AttributeValue& value);
// ASCII of fixed length with its closing 0, as the HDF5 Image Specification wants it.
void write_fixed_text(hid_t object, const std::string& name, std::string_view text);
// An array of numbers of an HDF5 type.
void write_numbers(hid_t object, const std::string& name, hid_t type, const void* numbers,
                   std::uint64_t count);
// A reference to the dataset of this name in the file, as an array of one.
void write_reference(hid_t object, const std::string& name, hid_t file, const std::string& dataset);

// Nothing if there is no attribute of this name that is one string.
[[nodiscard]] std::optional<std::string> read_text(hid_t object, const std::string& name);

}  // namespace cohort::detail

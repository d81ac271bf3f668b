// What goes into JSON, and how.
//
// Most readers of JSON hold numbers as doubles, which are exact up to 2^53. So a whole number that can exceed
// that is a string, always: a field must not change its type with its value. docs/json.md lists every field.
#pragma once

#include <cohort/app/spool.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace cohort {

// Local. A whole number that can exceed 2^53, as a string of decimal digits.
[[nodiscard]] inline std::string exact(std::uint64_t value) { return std::to_string(value); }

// A field that is written out: its value is JSON.
struct JsonField {
    std::string name;
    Spool value;
};

// Local. The object on one line. Bytes that are not UTF-8 are replaced rather than refused.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& object);
// Local. The same up to the value of one more field, after which only a brace is wanting.
[[nodiscard]] std::string json_text_up_to(const std::string& field, const nlohmann::ordered_json& object);

}  // namespace cohort

// What files are called while they are written. Beside out/a.h5 these are
//
//     out/.a.h5.part                  the lock of the output, and empty
//     out/.a.h5.<run>-<n>.part        the file itself, until it is renamed
//     out/.a.h5.<run>-<n>.part.<k>    a scratch file of it (Scratch)
//
// where <run> is the name of the root's process: so no two runs ever write to one file, and what a killed one left can be
// told from what a live one needs. All of it is local.
#pragma once

#include <cohort/team/process.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace cohort::detail {

[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& path);

[[nodiscard]] std::filesystem::path lock_of(const std::filesystem::path& path);

// Another one each time.
[[nodiscard]] std::filesystem::path fresh_temporary(const std::filesystem::path& path);

// In bytes, that of a scratch file.
[[nodiscard]] std::size_t longest_temporary_name(const std::filesystem::path& path);

// The name of a temporary file, or of a scratch file of one.
struct TemporaryName {
    Process owner;
    std::string file;     // without what makes it that of a scratch file
    std::string scratch;  // that: ".0"

    [[nodiscard]] bool is_scratch() const noexcept { return !scratch.empty(); }
    [[nodiscard]] std::string whole() const { return file + scratch; }
};

// Tells the temporary files of one output from all else in its folder.
class TemporaryNames {
  public:
    explicit TemporaryNames(const std::filesystem::path& path);
    [[nodiscard]] std::optional<TemporaryName> read(std::string_view name) const;

  private:
    std::string start_;
};

}  // namespace cohort::detail

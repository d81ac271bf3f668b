// How far locks on files reach: to all that can open them, or only to processes of this machine.
//
// On a disk of its own a machine sees all locks that there are. A network file system may have none, may take those of each
// machine for its own affair, or may tell its server of them; that depends on its kind, and with some on how it is mounted.
// All of it is local.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <istream>
#include <string>
#include <string_view>

namespace cohort::detail {

// True if locks on files of the folder reach all. False also where that is not known.
[[nodiscard]] bool locks_reach_all(const std::filesystem::path& folder);

// The same of a kind of file system, by its number in statfs(2), that is mounted with such options, separated by commas.
[[nodiscard]] bool locks_reach_all(std::uint32_t type, std::string_view options);

// The options of the file system on `device`, from a table such as /proc/self/mountinfo; none if it is not there.
[[nodiscard]] std::string mount_options(std::istream& table, dev_t device);

}  // namespace cohort::detail

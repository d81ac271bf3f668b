// What the system's reasons for not writing mean to a user, and what he can do.
#pragma once

#include <cohort/plan/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cohort::detail {

// Local. "the disk is full" for ENOSPC; the system's words for what is rare.
[[nodiscard]] std::string meaning_of(int error);

// Local. That the file cannot be written, why, and what to do about it: among that, to choose another `option`, such as
// --output. `needed` is the size in bytes of what has no room, or 0.
[[nodiscard]] StoreError cannot_write(std::string_view path, int error, std::string_view option,
                                      std::uint64_t needed = 0);

}  // namespace cohort::detail

#include <cohort/store/storage_error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace cohort::detail {

std::string meaning_of(int error) {
    switch (error) {
        case ENOSPC: return "the disk is full";
        case EDQUOT: return "the disk quota is used up";
        case EFBIG: return "it would be larger than files may be, see ulimit -f";
        case EROFS: return "its file system is read-only";
        case EACCES:
        case EPERM: return "there is no permission";
        default: return std::generic_category().message(error);
    }
}

StoreError cannot_write(std::string_view path, int error, std::string_view option) {
    const bool needs_room = error == ENOSPC || error == EDQUOT;
    return {fmt::format("cannot write {}", path), meaning_of(error),
            fmt::format("{}choose another {}",
                        needs_room       ? "make room or "
                        : error == EFBIG ? "allow larger files or "
                                         : "",
                        option)};
}

}  // namespace cohort::detail

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
        case ESTALE: return "it was removed while it was written";
        default: return std::generic_category().message(error);
    }
}

StoreError cannot_write(std::string_view path, int error, std::string_view option, std::uint64_t needed) {
    std::string why = meaning_of(error);
    if (needed > 0) why += fmt::format("; {:.1f} MiB are needed", static_cast<double>(needed) / (1 << 20));
    std::string remedy = fmt::format("choose another {}", option);
    if (error == ENOSPC || error == EDQUOT) remedy = "make room or " + remedy;
    if (error == EFBIG) remedy = "allow larger files or " + remedy;
    return {fmt::format("cannot write {}", path), why, remedy};
}

}  // namespace cohort::detail

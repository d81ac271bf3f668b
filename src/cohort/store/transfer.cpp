#include <cohort/store/transfer.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cohort::detail {

int read_at(int descriptor, std::uint64_t place, void* into, std::size_t bytes) noexcept {
    auto* next = static_cast<std::byte*>(into);
    while (bytes > 0) {
        const ssize_t got = pread(descriptor, next, bytes, static_cast<off_t>(place));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) {
            std::memset(next, 0, bytes);
            return 0;
        }
        next += got;
        place += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::size_t>(got);
    }
    return 0;
}

int write_at(int descriptor, std::uint64_t place, const void* from, std::size_t bytes) noexcept {
    const auto* next = static_cast<const std::byte*>(from);
    while (bytes > 0) {
        const ssize_t put = pwrite(descriptor, next, bytes, static_cast<off_t>(place));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        next += put;
        place += static_cast<std::uint64_t>(put);
        bytes -= static_cast<std::size_t>(put);
    }
    return 0;
}

// Over NFS, what two nodes write into one page is kept only if each write is sent as it is made.
int flags_to_share(const char* path) noexcept {
    constexpr auto nfs = 0x6969;
    struct statfs system {};
    const bool is_nfs = ::statfs(path, &system) == 0 && system.f_type == nfs;
    return O_RDWR | O_CLOEXEC | (is_nfs ? O_DSYNC : 0);
}

int take_room(int descriptor, std::uint64_t bytes) noexcept {
    int result = 0;
    do {
        result = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes));
    } while (result != 0 && errno == EINTR);
    if (result == 0) return 0;
    if (errno != EOPNOTSUPP && errno != ENOSYS) return errno;
    struct stat file {};
    struct statvfs system {};
    if (fstat(descriptor, &file) != 0 || fstatvfs(descriptor, &system) != 0) return errno;
    const std::uint64_t taken = static_cast<std::uint64_t>(file.st_blocks) * 512;
    const std::uint64_t room = static_cast<std::uint64_t>(system.f_bavail) * system.f_frsize;
    return bytes > taken && bytes - taken > room ? ENOSPC : 0;
}

}  // namespace cohort::detail

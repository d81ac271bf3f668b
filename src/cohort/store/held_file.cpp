#include <cohort/store/held_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cohort::detail {
namespace {

// Without waiting, and for the open file: threads and children that close it elsewhere do not end it.
Holder lock(int descriptor, short kind) noexcept {
    struct flock whole {};
    whole.l_type = kind;
    whole.l_whence = SEEK_SET;
    if (::fcntl(descriptor, F_OFD_SETLK, &whole) == 0) return Holder::nobody;
    return errno == EAGAIN || errno == EACCES ? Holder::somebody : Holder::unknown;
}

bool is_at(int descriptor, const std::string& path) noexcept {
    struct stat open {};
    struct stat there {};
    return ::fstat(descriptor, &open) == 0 && ::lstat(path.c_str(), &there) == 0 &&
           open.st_ino == there.st_ino && open.st_dev == there.st_dev;
}

}  // namespace

int HeldFile::hold(const std::string& path, bool is_new) {
    path_ = path;
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (is_new ? O_EXCL : 0);
    // Whoever held the file may take it away between our opening and our locking; then there is another to be opened.
    constexpr int most_tries = 1000;
    for (int i = 0; i < most_tries; ++i) {
        descriptor_ = ::open(path_.c_str(), flags, 0666);
        if (descriptor_ < 0) return errno;
        const bool is_held = lock(descriptor_, F_WRLCK) == Holder::somebody;
        const bool in_place = is_in_place();
        if (in_place && !is_held) return 0;
        if (in_place && is_new) ::unlink(path_.c_str());
        let_go();
        if (in_place) return EAGAIN;
    }
    return EBUSY;
}

bool HeldFile::is_in_place() const noexcept { return descriptor_ >= 0 && is_at(descriptor_, path_); }

int HeldFile::rename(const std::string& path) noexcept {
    if (!is_in_place()) return ESTALE;
    if (::rename(path_.c_str(), path.c_str()) != 0) return errno;
    let_go();
    return 0;
}

void HeldFile::remove() noexcept {
    if (is_in_place()) ::unlink(path_.c_str());
    let_go();
}

void HeldFile::let_go() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Holder holder_of(const std::string& path) noexcept {
    // A lock to read asks for the least, and a holder's lock to write is in its way.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return errno == ENOENT ? Holder::nobody : Holder::unknown;
    const Holder holder = lock(descriptor, F_RDLCK);
    ::close(descriptor);
    return holder;
}

}  // namespace cohort::detail

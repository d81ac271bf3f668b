#include <cohort/store/scratch.hpp>

#include <cohort/store/transfer.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cohort::detail {

int Scratch::open() noexcept {
    if (descriptor_ >= 0) return 0;
    descriptor_ = ::open(path_.c_str(), flags_to_share(file_.c_str()) | O_NOFOLLOW);
    if (descriptor_ >= 0) return 0;
    return errno == ENOENT ? make() : errno;
}

int Scratch::make() noexcept {
    if (::access(file_.c_str(), F_OK) != 0) return ESTALE;
    descriptor_ = ::open(path_.c_str(), flags_to_share(file_.c_str()) | O_CREAT | O_NOFOLLOW, 0600);
    if (descriptor_ < 0) return errno;
    // Whoever took the file away in between did so before he looked for this one, or finds it.
    if (::access(file_.c_str(), F_OK) == 0) return 0;
    remove();
    static_cast<void>(close());
    return ESTALE;
}

int Scratch::write(std::uint64_t place, std::span<const std::byte> bytes) noexcept {
    if (const int error = open()) return error;
    return write_at(descriptor_, place, bytes.data(), bytes.size());
}

int Scratch::read(std::uint64_t place, std::span<std::byte> bytes) noexcept {
    if (const int error = open()) return error;
    return read_at(descriptor_, place, bytes.data(), bytes.size());
}

int Scratch::close() noexcept {
    if (descriptor_ < 0) return 0;
    return ::close(std::exchange(descriptor_, -1)) == 0 ? 0 : errno;
}

void Scratch::remove() noexcept { ::unlink(path_.c_str()); }

}  // namespace cohort::detail

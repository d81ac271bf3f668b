#include <cohort/app/spool.hpp>

#include <cohort/plan/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace cohort {
namespace {

constexpr std::size_t read_at_once = std::size_t{1} << 18;

std::string folder_for_files() {
    if (const char* chosen = std::getenv("TMPDIR"); chosen != nullptr && *chosen != '\0') return chosen;
    return ::access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

[[noreturn]] void fail(const std::string& folder) {
    throw StoreError("cannot keep the answers until all are known",
                     fmt::format("a file for them in {}: {}", folder, std::strerror(errno)),
                     "set TMPDIR to a folder with room, or leave --json out");
}

// Not every file system has files that never had a name.
int open_without_name(const std::string& folder) {
    const int opened = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (opened >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return opened;
    std::string name = folder + "/cohort-XXXXXX";
    const int made = ::mkostemp(name.data(), O_CLOEXEC);
    if (made >= 0) ::unlink(name.c_str());
    return made;
}

}  // namespace

Spool::Spool(Spool&& other) noexcept
    : memory_(other.memory_),
      held_(std::move(other.held_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      folder_(std::move(other.folder_)) {
    other.held_.clear();
}

Spool& Spool::operator=(Spool&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(held_, other.held_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(folder_, other.folder_);
    return *this;
}

Spool::~Spool() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Spool::append(std::string_view text) {
    held_ += text;
    if (held_.size() >= memory_) move_to_file();
}

void Spool::move_to_file() {
    if (descriptor_ < 0) {
        folder_ = folder_for_files();
        descriptor_ = open_without_name(folder_);
        if (descriptor_ < 0) fail(folder_);
    }
    for (std::string_view rest = held_; !rest.empty();) {
        const ssize_t bytes = ::write(descriptor_, rest.data(), rest.size());
        if (bytes < 0 && errno != EINTR) fail(folder_);
        rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(bytes, 0)));
    }
    held_.clear();
}

void Spool::read(const std::function<void(std::string_view)>& take) const {
    std::string piece(descriptor_ < 0 ? 0 : read_at_once, '\0');
    for (off_t at = 0; descriptor_ >= 0;) {
        const ssize_t bytes = ::pread(descriptor_, piece.data(), piece.size(), at);
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0) fail(folder_);
        if (bytes == 0) break;
        take(std::string_view(piece).substr(0, static_cast<std::size_t>(bytes)));
        at += bytes;
    }
    if (!held_.empty()) take(held_);
}

}  // namespace cohort

#include <cohort/store/pending_file.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/store/storage_error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>
#include <utility>

namespace cohort {
namespace {

namespace fs = std::filesystem;
using detail::meaning_of;

[[noreturn]] void refuse(const std::string& path, const std::string& why, const std::string& remedy) {
    throw StoreError(fmt::format("cannot create {}", path), why, remedy);
}

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path temporary_of(const fs::path& path) {
    return folder_of(path) / fmt::format(".{}.part", path.filename().string());
}

// A link is kept; the file that it leads to is written, whether it is there already or not.
fs::path behind_links(const std::string& path) {
    std::error_code ignored;
    fs::path target = path;
    for (int links = 0; links < 40 && fs::is_symlink(fs::symlink_status(target, ignored)); ++links)
        target = folder_of(target) / fs::read_symlink(target, ignored);
    return target;
}

// errno of stat, or 0.
int status_of(const fs::path& path, struct stat& status) {
    return ::stat(path.c_str(), &status) == 0 ? 0 : errno;
}

void check_folder(const std::string& shown, const fs::path& path, const std::string& other) {
    const std::string folder = folder_of(path).string();
    struct stat status {};
    const int error = status_of(folder, status);
    if (error == ENOENT)
        refuse(shown, fmt::format("the folder {} does not exist", folder), "create it or " + other);
    if (error == ENOTDIR || (error == 0 && !S_ISDIR(status.st_mode)))
        refuse(shown, fmt::format("{} is not a folder", folder), other);
    if (error != 0)
        refuse(shown, fmt::format("the folder {} cannot be used: {}", folder, meaning_of(error)), other);
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        refuse(shown, fmt::format("the folder {} is not writable", folder), other);
    if (temporary_of(path).filename().string().size() > NAME_MAX)
        refuse(shown, "its name is too long", other);
}

void check_replaced(const std::string& shown, const fs::path& path, const struct stat& status,
                    const PendingFile::Terms& terms) {
    const std::string other = "choose another " + terms.option;
    if (S_ISDIR(status.st_mode)) refuse(shown, "it is a folder", other);
    if (!S_ISREG(status.st_mode)) refuse(shown, "it is there and no file", other);
    if (terms.force) return;
    if (!terms.is_ours || !terms.is_ours(path.string()))
        throw StoreError(fmt::format("will not replace {}", shown),
                         fmt::format("it is not a finished file of {}",
                                     terms.program.empty() ? "this program" : terms.program),
                         fmt::format("add --force, or {}", other));
    if (::access(path.c_str(), W_OK) != 0)
        throw StoreError(fmt::format("will not replace {}", shown), "it is write-protected",
                         fmt::format("add --force, or {}", other));
}

// True if the open file is still the one at the path.
bool is_at(int descriptor, const std::string& path) {
    struct stat open {};
    struct stat there {};
    return ::fstat(descriptor, &open) == 0 && ::lstat(path.c_str(), &there) == 0 &&
           open.st_ino == there.st_ino && open.st_dev == there.st_dev;
}

// False if another run holds the file. Where there are no locks, nobody does.
bool lock(int descriptor) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(descriptor, F_OFD_SETLK, &whole) == 0 || (errno != EAGAIN && errno != EACCES);
}

}  // namespace

void PendingFile::check(const std::string& path, const Terms& terms) {
    const std::string other = "choose another " + terms.option;
    if (path.empty()) refuse("a file without a name", "the path is empty", other);
    const fs::path target = behind_links(path);
    if (!target.has_filename()) refuse(path, "that is the name of a folder", other);
    struct stat status {};
    if (status_of(target, status) == 0) check_replaced(path, target, status, terms);
    check_folder(path, target, other);
}

PendingFile::PendingFile(const std::string& path, const Terms& terms)
    : shown_(path), option_(terms.option), final_(behind_links(path)), temporary_(temporary_of(final_)) {
    check(path, terms);
    open();
    struct stat before {};
    if (status_of(final_, before) == 0) static_cast<void>(::fchmod(descriptor_, before.st_mode & 07777));
}

void PendingFile::open() {
    // A run that ends between our opening and our locking takes the file away; then there is another to be opened.
    while (true) {
        descriptor_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor_ < 0) fail(errno);
        if (!lock(descriptor_)) {
            ::close(std::exchange(descriptor_, -1));
            refuse(shown_, "another run is writing it", "wait for that or choose another " + option_);
        }
        if (is_at(descriptor_, temporary_)) break;
        ::close(descriptor_);
    }
    if (::ftruncate(descriptor_, 0) != 0) fail(errno);
}

PendingFile::~PendingFile() {
    if (descriptor_ < 0) return;
    ::unlink(temporary_.c_str());
    ::close(descriptor_);
}

void PendingFile::fail(int error) {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    throw detail::cannot_write(shown_, error, option_);
}

void PendingFile::commit() {
    if (::fsync(descriptor_) != 0 && errno != EINVAL) throw detail::cannot_write(shown_, errno, option_);
    if (::rename(temporary_.c_str(), final_.c_str()) != 0) throw detail::cannot_write(shown_, errno, option_);
    ::close(std::exchange(descriptor_, -1));
    // The rename itself, so that it outlasts a power cut; where folders cannot be synced there is nothing to do.
    const int folder = ::open(folder_of(final_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        static_cast<void>(::fsync(folder));
        ::close(folder);
    }
}

}  // namespace cohort

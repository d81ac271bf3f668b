#include <cohort/store/pending_file.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/store/leftovers.hpp>
#include <cohort/store/storage_error.hpp>
#include <cohort/store/temporary_name.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>

namespace cohort {
namespace {

namespace fs = std::filesystem;
using detail::folder_of;
using detail::meaning_of;

[[noreturn]] void refuse(const std::string& path, const std::string& why, const std::string& remedy) {
    throw StoreError(fmt::format("cannot create {}", path), why, remedy);
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
    if (detail::longest_temporary_name(path) > NAME_MAX) refuse(shown, "its name is too long", other);
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
    : shown_(path), option_(terms.option), final_(behind_links(path)) {
    check(path, terms);
    open();
    struct stat before {};
    if (status_of(final_, before) == 0) mode_ = before.st_mode & 07777;
    // Also what is write-protected other ranks have to open first.
    if (mode_) static_cast<void>(::fchmod(descriptor(), *mode_ | S_IRUSR | S_IWUSR));
}

void PendingFile::open() {
    const int locked = lock_.make_or_take_over(detail::lock_of(final_));
    if (locked == EAGAIN) refuse_second();
    if (locked != 0) fail(locked);
    if (detail::remove_leftovers(final_)) refuse_second();
    constexpr int most_tries = 10;
    int made = EEXIST;
    for (int i = 0; i < most_tries && (made == EEXIST || made == EAGAIN); ++i)
        made = file_.make(detail::fresh_temporary(final_));
    if (made != 0) fail(made);
}

void PendingFile::refuse_second() const {
    refuse(shown_, "another run is writing it", "wait for that or choose another " + option_);
}

void PendingFile::fail(int error) const { throw detail::cannot_write(shown_, error, option_); }

void PendingFile::commit() {
    if (mode_) static_cast<void>(::fchmod(descriptor(), *mode_));
    if (::fsync(descriptor()) != 0 && errno != EINVAL) fail(errno);
    const int renamed = file_.rename(final_);
    if (renamed == ESTALE)
        throw StoreError(fmt::format("cannot complete {}", shown_),
                         fmt::format("{} was removed or replaced while it was written", temporary()),
                         "leave such files alone, and start the program again");
    if (renamed != 0) fail(renamed);
    lock_.remove();
    // The rename itself, so that it outlasts a power cut; where folders cannot be synced there is nothing to do.
    const int folder = ::open(folder_of(final_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        static_cast<void>(::fsync(folder));
        ::close(folder);
    }
}

}  // namespace cohort

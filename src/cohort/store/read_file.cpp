#include <cohort/store/read_file.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/store/attributes.hpp>
#include <cohort/store/storage_error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace cohort::detail {
namespace {

// HDF5 locks files that it opens, which many parallel file systems refuse; a file that is complete needs no lock.
Hdf5File open(const std::string& path) {
    const Hdf5List access(hdf5<H5Pcreate>(H5P_FILE_ACCESS));
    hdf5<H5Pset_file_locking>(access.get(), false, true);
    return Hdf5File(hdf5<H5Fopen>(path.c_str(), H5F_ACC_RDONLY, access.get()));
}

[[noreturn]] void refuse(const std::string& what, const std::string& why, const std::string& remedy) {
    throw StoreError(fmt::format("cannot read {}", what), why, remedy);
}

// HDF5 says "unable to open file" of all that is no file, so the system is asked first.
void check_readable(const std::string& path) {
    const std::string remedy = "check its name and its permissions";
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) refuse(path, errno == ENOENT ? "there is no such file" : meaning_of(errno), remedy);
    struct stat status {};
    const bool is_file = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    ::close(descriptor);
    if (!is_file) refuse(path, S_ISDIR(status.st_mode) ? "it is a folder" : "it is no file", remedy);
}

}  // namespace

ReadFile::ReadFile(const std::string& path) : path_(path) {
    check_readable(path);
    try {
        file_ = open(path);
    } catch (const Hdf5Error& error) {
        refuse(path, fmt::format("it is not an HDF5 file, or damaged: {}", error.what()),
               "give one that h5ls can list");
    }
}

void ReadFile::attempt(const std::string& dataset, const std::function<void()>& body) const {
    try {
        body();
    } catch (const Hdf5Error& error) {
        refuse(fmt::format("{} of {}", dataset, path_), error.what(),
               fmt::format("see what h5ls says of {}", path_));
    }
}

bool is_finished_file_of(const std::string& program, const std::string& path) {
    try {
        const Hdf5File file = open(path);
        return read_text(file.get(), "program") == program && hdf5<H5Aexists>(file.get(), "complete") > 0;
    } catch (const Hdf5Error&) {
        return false;
    }
}

}  // namespace cohort::detail

#include <cohort/plan/error.hpp>
#include <primes/own_folder.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <system_error>
#include <unistd.h>

namespace cohort::primes {

namespace {

std::mutex& working_folder() {
    static std::mutex mutex;
    return mutex;
}

// The folder that is there now. Removed when the program ends, as its thread may be left at work.
std::filesystem::path& present() {
    static auto* const path = new std::filesystem::path;
    static const int registered = std::atexit([] {
        std::error_code ignored;
        std::filesystem::remove_all(present(), ignored);
    });
    static_cast<void>(registered);
    return *path;
}

}  // namespace

OwnFolder::OwnFolder() : turn_(working_folder()) {
    std::error_code unknown;
    std::string name = (std::filesystem::temp_directory_path(unknown) / "cohort-primes-XXXXXX").string();
    back_ = ::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (back_ < 0 || ::mkdtemp(name.data()) == nullptr || ::chdir(name.c_str()) != 0) {
        const int error = errno;
        if (back_ >= 0) ::close(back_);
        throw StoreError(fmt::format("cannot make the folder {}", name),
                         fmt::format("a quadratic sieve keeps its file there: {}", std::strerror(error)),
                         "set TMPDIR to a folder that can be written");
    }
    present() = name;
}

OwnFolder::~OwnFolder() {
    static_cast<void>(::fchdir(back_));
    ::close(back_);
    std::error_code ignored;
    std::filesystem::remove_all(present(), ignored);
    present().clear();
}

}  // namespace cohort::primes

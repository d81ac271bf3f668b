#include <cohort/app/standard_input.hpp>
#include <cohort/plan/error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace cohort::detail {
namespace {

// "POSITION PATH", from the process that becomes mpirun to rank 0.
constexpr const char* variable = "COHORT_STANDARD_INPUT";

// A pipe whose writer has gone cannot be opened but without waiting.
int open_to_read(const char* path) {
    const int opened = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (opened >= 0) fcntl(opened, F_SETFL, 0);
    return opened;
}

}  // namespace

void leave_standard_input() {
    unsetenv(variable);
    struct stat status {};
    if (fstat(STDIN_FILENO, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode))) return;
    const int again = open_to_read("/proc/self/fd/0");
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int kept = again < 0 || nothing < 0 ? -1 : fcntl(STDIN_FILENO, F_DUPFD, 3);
    if (kept >= 0) {
        const off_t position = S_ISREG(status.st_mode) ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
        setenv(variable, fmt::format("{} /proc/{}/fd/{}", position, getpid(), kept).c_str(), 1);
        dup2(nothing, STDIN_FILENO);
    }
    if (again >= 0) close(again);
    if (nothing >= 0) close(nothing);
}

void find_standard_input(const Launcher& launcher) {
    const char* left = std::getenv(variable);
    if (left == nullptr || !launcher.present() || launcher.rank != 0) return;
    char* path = nullptr;
    const off_t position = std::strtoll(left, &path, 10);
    path += *path == ' ' ? 1 : 0;
    const int opened = open_to_read(path);
    if (opened < 0 || dup2(opened, STDIN_FILENO) < 0) {
        throw UsageError("cannot read standard input", fmt::format("{}: {}", path, std::strerror(errno)),
                         "start with mpirun instead of -j");
    }
    close(opened);
    if (position > 0) lseek(STDIN_FILENO, position, SEEK_SET);
    unsetenv(variable);
}

}  // namespace cohort::detail

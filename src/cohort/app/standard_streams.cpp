#include <cohort/app/standard_streams.hpp>
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

// From the process that becomes mpirun to rank 0: "POSITION PATH", and "PATH".
constexpr const char* input_variable = "COHORT_STANDARD_INPUT";
constexpr const char* output_variable = "COHORT_STANDARD_OUTPUT";

// Opens a pipe without waiting for somebody at its other end.
int open_at_once(const char* path, int flags) {
    const int opened = open(path, flags | O_NONBLOCK | O_CLOEXEC);
    if (opened >= 0) fcntl(opened, F_SETFL, 0);
    return opened;
}

void leave_input() {
    struct stat status {};
    if (fstat(STDIN_FILENO, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode))) return;
    const int again = open_at_once("/proc/self/fd/0", O_RDONLY);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int kept = again < 0 || nothing < 0 ? -1 : fcntl(STDIN_FILENO, F_DUPFD, 3);
    if (kept >= 0) {
        const off_t position = S_ISREG(status.st_mode) ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
        setenv(input_variable, fmt::format("{} /proc/{}/fd/{}", position, getpid(), kept).c_str(), 1);
        dup2(nothing, STDIN_FILENO);
    }
    if (again >= 0) close(again);
    if (nothing >= 0) close(nothing);
}

void leave_output() {
    struct stat status {};
    if (fstat(STDOUT_FILENO, &status) != 0 || !S_ISFIFO(status.st_mode)) return;
    setenv(output_variable, fmt::format("/proc/{}/fd/{}", getpid(), STDOUT_FILENO).c_str(), 1);
}

void find_input(const char* left) {
    char* path = nullptr;
    const off_t position = std::strtoll(left, &path, 10);
    path += *path == ' ' ? 1 : 0;
    const int opened = open_at_once(path, O_RDONLY);
    if (opened < 0 || dup2(opened, STDIN_FILENO) < 0) {
        throw UsageError("cannot read standard input", fmt::format("{}: {}", path, std::strerror(errno)),
                         "start with mpirun instead of -j");
    }
    close(opened);
    if (position > 0) lseek(STDIN_FILENO, position, SEEK_SET);
}

// If it cannot be had, mpirun's forwarding does as well.
void find_output(const char* path) {
    const int opened = open_at_once(path, O_WRONLY);
    if (opened < 0) return;
    dup2(opened, STDOUT_FILENO);
    close(opened);
}

}  // namespace

void leave_standard_streams() {
    unsetenv(input_variable);
    unsetenv(output_variable);
    leave_input();
    leave_output();
}

void find_standard_streams(const Launcher& launcher) {
    if (!launcher.present() || launcher.rank != 0) return;
    if (const char* left = std::getenv(output_variable)) find_output(left);
    if (const char* left = std::getenv(input_variable)) find_input(left);
    unsetenv(output_variable);
    unsetenv(input_variable);
}

}  // namespace cohort::detail

#include <cohort/report/terminal.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cohort {
namespace {

// Calls `look` with an open descriptor of the terminal; false if there is none.
template <typename Look>
bool with_terminal(int descriptor, const Look& look) {
    if (isatty(descriptor) != 0) {
        look(descriptor);
        return true;
    }
    // Only a rank of mpirun's: the parent of another process says nothing about where its output goes.
    if (std::getenv("OMPI_COMM_WORLD_RANK") == nullptr && std::getenv("PMI_RANK") == nullptr) return false;
    const std::string path = fmt::format("/proc/{}/fd/{}", getppid(), descriptor);
    const int opened = open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0) return false;
    const bool found = isatty(opened) != 0;
    if (found) look(opened);
    close(opened);
    return found;
}

}  // namespace

bool reaches_terminal(int descriptor) {
    return with_terminal(descriptor, [](int) {});
}

int terminal_columns(int descriptor) {
    int columns = 80;
    with_terminal(descriptor, [&columns](int terminal) {
        winsize size{};
        if (ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) columns = size.ws_col;
    });
    return columns;
}

}  // namespace cohort

#include <cohort/app/waiting.hpp>

#include <cohort/run/map.hpp>
#include <cohort/team/failure.hpp>
#include <cohort/team/interrupt.hpp>
#include <cohort/team/team_core.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace cohort {
namespace {

constexpr std::chrono::milliseconds patience{20};
// Between two looks, unless a signal comes to this thread.
constexpr int look_ms = 5;

// Calls are numbered from 1 on and use two slots in turn. The one under way is the next after the last that
// has ended; between two calls its slot is as new.
bool call_is_over(const detail::TeamCore& core) noexcept {
    const std::uint64_t ended = std::max(core.slot(0).ended.load(std::memory_order_acquire),
                                         core.slot(1).ended.load(std::memory_order_acquire));
    return core.slot(ended + 1).horizon.load(std::memory_order_relaxed) == 0;
}

[[noreturn]] void stop() {
    const int signal = detail::interrupted();
    if (signal == 0) throw Interrupted(0, "the call has ended");  // which says why
    throw Interrupted(signal, detail::describe_interrupt(signal, 0, "").message.data());
}

[[noreturn]] void fail_to_print() {
    throw StoreError("cannot write to standard output", std::strerror(errno),
                     "send it elsewhere and run again");
}

// True also if it is not, but reading or writing would say what is wrong.
bool is_ready(int descriptor, short events, int wait_ms) noexcept {
    pollfd asked{.fd = descriptor, .events = events, .revents = 0};
    const int ready = ::poll(&asked, 1, wait_ms);
    return ready > 0 || (ready < 0 && errno != EINTR);
}

// Whole lines, unless one is longer.
std::string_view next_piece(std::string_view text, std::size_t room) noexcept {
    if (text.size() <= room) return text;
    const std::size_t line_end = text.rfind('\n', room - 1);
    return text.substr(0, line_end == std::string_view::npos ? room : line_end + 1);
}

// A descriptor that is written to without a wait.
//
// What poll finds ready takes something, but then waits if it is given more than it has room for: a pipe has
// room for PIPE_BUF, and takes that whole, a terminal perhaps for one byte. So a terminal is opened once
// more, as one that does not wait; that of others is not changed. A pipe that nothing is in has room for all
// it can hold, which spares many small writes where the reader keeps up.
class Outlet {
  public:
    explicit Outlet(int descriptor) noexcept : descriptor_(descriptor) {
        if (::isatty(descriptor) == 1) {
            const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
            own_ = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
            if (own_ >= 0) descriptor_ = own_;
        }
        struct stat status {};
        pipe_size_ = ::fcntl(descriptor_, F_GETPIPE_SZ);
        never_waits_ = own_ >= 0 || (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode));
    }
    Outlet(const Outlet&) = delete;
    Outlet& operator=(const Outlet&) = delete;
    ~Outlet() {
        if (own_ >= 0) ::close(own_);
    }

    [[nodiscard]] bool is_ready(int wait_ms) const noexcept {
        return cohort::is_ready(descriptor_, POLLOUT, wait_ms);
    }

    // How much of the text there was room for; -1 as write(2).
    [[nodiscard]] std::ptrdiff_t write_some(std::string_view text) const noexcept {
        std::size_t written = 0;
        while (written < text.size() && (never_waits_ || is_ready(0))) {
            const std::string_view piece = next_piece(text.substr(written), room());
            const ssize_t bytes = ::write(descriptor_, piece.data(), piece.size());
            if (bytes < 0 && errno != EINTR && errno != EAGAIN) return -1;
            written += static_cast<std::size_t>(std::max<ssize_t>(bytes, 0));
            if (bytes < static_cast<ssize_t>(piece.size())) break;
        }
        return static_cast<std::ptrdiff_t>(written);
    }

  private:
    [[nodiscard]] std::size_t room() const noexcept {
        if (never_waits_) return SSIZE_MAX;
        int unread = 0;
        if (pipe_size_ < 0 || ::ioctl(descriptor_, FIONREAD, &unread) != 0 || unread != 0) return PIPE_BUF;
        return static_cast<std::size_t>(pipe_size_);
    }

    int descriptor_;
    int own_ = -1;
    int pipe_size_ = -1;  // -1 if it is no pipe
    bool never_waits_ = false;
};

}  // namespace

bool Ear::told_to_stop() const noexcept {
    return told_ || detail::interrupted() != 0 || (core_ != nullptr && call_is_over(*core_));
}

bool Ear::out_of_patience() noexcept {
    if (!told_to_stop()) return false;
    if (!told_) tell_to_stop();
    return std::chrono::steady_clock::now() - *told_ >= patience;
}

int open_to_read(const std::string& path) noexcept {
    return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

std::ptrdiff_t read_some(int descriptor, std::span<char> buffer, const Ear& ear) {
    for (int wait_ms = 0;; wait_ms = look_ms) {
        // Also where there is always something to read.
        if (ear.told_to_stop()) stop();
        if (!is_ready(descriptor, POLLIN, wait_ms)) {
            ear.meanwhile();
            continue;
        }
        const ssize_t bytes = ::read(descriptor, buffer.data(), buffer.size());
        // Another who reads the same pipe may have been sooner.
        if (bytes >= 0 || (errno != EINTR && errno != EAGAIN)) return bytes;
    }
}

std::ptrdiff_t write_some(int descriptor, std::string_view text) noexcept {
    return text.empty() ? 0 : Outlet(descriptor).write_some(text);
}

bool write_all(int descriptor, std::string_view text, Ear& ear) noexcept {
    if (text.empty()) return true;
    const Outlet outlet(descriptor);
    for (bool was_ready = false;; was_ready = outlet.is_ready(look_ms)) {
        const std::ptrdiff_t bytes = outlet.write_some(text);
        if (bytes < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(bytes));
        if (text.empty()) return true;
        if (ear.out_of_patience()) {
            errno = EINTR;
            return false;
        }
        // A terminal that is ready may have no room for the end of a line.
        if (was_ready && bytes == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

std::size_t print_some(std::string_view text) {
    // What others have left in the stream comes first.
    const std::ptrdiff_t bytes = std::fflush(stdout) == 0 ? write_some(STDOUT_FILENO, text) : -1;
    if (bytes < 0) fail_to_print();
    return static_cast<std::size_t>(bytes);
}

void print(std::string_view text, Ear& ear) {
    if (std::fflush(stdout) == 0 && write_all(STDOUT_FILENO, text, ear)) return;
    if (errno == EINTR) stop();
    fail_to_print();
}

void say(std::string_view text) noexcept {
    Ear ear;
    static_cast<void>(write_all(STDERR_FILENO, text, ear));
}

void on_root_listening(Team& team, const std::function<void()>& body) {
    // A call without items: the root runs the body when it looks for the first.
    const auto look = [&]() -> std::optional<int> {
        unless_interrupted(body);
        return std::nullopt;
    };
    for_each(team, produced(look), [](int) {}, {.name = "wait"});
}

}  // namespace cohort

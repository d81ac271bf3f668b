#include <cohort/store/lifeline.hpp>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace cohort::detail {
namespace {

// Before main, since a launcher may be gone before the first file is begun.
const pid_t parent_when_loaded = ::getppid();

// What the C library of Debian 12 has no function for. A number below zero where there is no such call.
int open_process(pid_t pid) noexcept {
#ifdef SYS_pidfd_open
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
#else
    static_cast<void>(pid);
    return -1;
#endif
}

}  // namespace

pid_t first_parent() noexcept { return parent_when_loaded; }

Lifeline::Lifeline(const Process& root, pid_t launcher) : launcher_(launcher) {
    if (!root.is_near() || root.is_this_one()) return;
    root_ = static_cast<pid_t>(root.pid);
    root_handle_ = open_process(root_);
    // Asked now: from here on the handle is that of the root and not of a later process with its pid.
    is_cut_ = root.is_over();
}

Lifeline::Lifeline(Lifeline&& other) noexcept { *this = std::move(other); }

Lifeline& Lifeline::operator=(Lifeline&& other) noexcept {
    std::swap(launcher_, other.launcher_);
    std::swap(root_, other.root_);
    std::swap(root_handle_, other.root_handle_);
    std::swap(is_cut_, other.is_cut_);
    return *this;
}

Lifeline::~Lifeline() {
    if (root_handle_ >= 0) ::close(root_handle_);
}

bool Lifeline::root_is_gone() const noexcept {
    if (root_ == 0 || is_cut_) return is_cut_;
    // Without a handle a root is missed only when its launcher has taken note of its end.
    if (root_handle_ < 0) return ::kill(root_, 0) != 0 && errno == ESRCH;
    pollfd asked{.fd = root_handle_, .events = POLLIN, .revents = 0};
    return ::poll(&asked, 1, 0) > 0 && (asked.revents & POLLIN) != 0;
}

const char* Lifeline::cut() const noexcept {
    if (root_is_gone()) return "the root of its run has ended";
    if (launcher_ != 0 && ::getppid() != launcher_) return "the launcher of its run has ended";
    return nullptr;
}

}  // namespace cohort::detail

#include <cohort/team/process.hpp>

#include <cohort/team/nodes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace cohort::detail {
namespace {

// The beginning of a file of /proc; empty if it cannot be read.
std::string text_of(const std::string& path) {
    std::array<char, 1024> text{};
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t bytes = file < 0 ? -1 : ::read(file, text.data(), text.size());
    if (file >= 0) ::close(file);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(bytes, 0))};
}

// What /proc says of a process; nothing where it says nothing.
struct Said {
    char state = '?';
    std::uint64_t start = 0;
};

Said said_of(std::uint64_t pid) {
    const std::string text = text_of(fmt::format("/proc/{}/stat", pid));
    // The name of the program, in parentheses, may hold anything. Behind it, a space before each, are the state and 18
    // other fields before the start.
    std::size_t at = text.rfind(')');
    if (at == std::string::npos || at + 2 >= text.size()) return {};
    Said said{.state = text[at + 2]};
    constexpr int spaces_before_start = 20;
    for (int i = 0; i < spaces_before_start && at != std::string::npos; ++i) at = text.find(' ', at + 1);
    if (at != std::string::npos) std::from_chars(&text[at + 1], text.data() + text.size(), said.start);
    return said;
}

std::uint64_t number_of(const char* name_space) {
    struct stat status {};
    return ::stat(name_space, &status) == 0 ? status.st_ino : 0;
}

// FNV-1a.
std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325U;
    for (const char letter : text) value = (value ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    return value;
}

// The initial pid namespace has the same number everywhere, and hosts may have the same name.
std::uint64_t space() {
    const std::uint64_t pids = number_of("/proc/self/ns/pid");
    const std::string boot = text_of("/proc/sys/kernel/random/boot_id");
    if (pids == 0 || boot.empty()) return 0;
    // Another time namespace sees other times of a start.
    return hash(fmt::format("{} {} {} {}", boot, host_name(), pids, number_of("/proc/self/ns/time")));
}

}  // namespace

Process Process::this_one() {
    const auto pid = static_cast<std::uint64_t>(::getpid());
    return {.space = detail::space(), .pid = pid, .start = said_of(pid).start};
}

std::string Process::name() const { return fmt::format("{:016x}-{:x}-{:x}", space, pid, start); }

std::optional<Process> Process::named(std::string_view name) {
    Process process;
    const char* at = name.data();
    const char* const end = at + name.size();
    for (std::uint64_t* number : {&process.space, &process.pid, &process.start}) {
        if (number != &process.space && (at == end || *at++ != '-')) return {};
        const auto [next, error] = std::from_chars(at, end, *number, 16);
        if (error != std::errc{}) return {};
        at = next;
    }
    const bool can_be = process.pid > 0 && process.pid <= std::numeric_limits<pid_t>::max();
    return can_be && process.name() == name ? std::optional(process) : std::nullopt;
}

bool Process::is_near() const { return space != 0 && space == this_one().space; }

bool Process::is_over() const {
    if (!is_near()) return false;
    if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) return true;
    const Said said = said_of(pid);
    return said.state == 'Z' || said.state == 'X' || (said.start != 0 && start != 0 && said.start != start);
}

}  // namespace cohort::detail

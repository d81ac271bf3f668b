#include <cohort/team/shared_memory.hpp>

#include <cohort/plan/blocks.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/team/process.hpp>
#include <cohort/team/transport.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace cohort::detail {
namespace {

using Name = std::array<char, 64>;

class Descriptor {
  public:
    explicit Descriptor(int value) noexcept : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    [[nodiscard]] int get() const noexcept { return value_; }

  private:
    int value_;
};

// Collective. The largest of the ranks' values, none of them below zero.
int largest(Transport& node, int value) {
    std::int64_t lowest = -std::int64_t{value};
    Request request = node.start_lowest(lowest);
    node.wait(request, true);
    return static_cast<int>(-lowest);
}

constexpr const char* folder = "/dev/shm";
constexpr std::string_view start_of_names = "/cohort.";

Name fresh_name() {
    static std::atomic<unsigned> made{0};
    Name name{};
    fmt::format_to_n(name.data(), name.size() - 1, "{}{}.{:x}", start_of_names, Process::this_one().name(),
                     made.fetch_add(1));
    return name;
}

// True if the segment is one that a run of this user was killed with, in the moment in which it had a name.
bool is_left_over(std::string_view file) {
    const std::string_view start = start_of_names.substr(1);
    if (!file.starts_with(start)) return false;
    const std::string_view rest = file.substr(start.size());
    const std::optional<Process> maker = Process::named(rest.substr(0, rest.find('.')));
    struct stat status {};
    return maker && ::stat(fmt::format("{}/{}", folder, file).c_str(), &status) == 0 &&
           status.st_uid == ::geteuid() && maker->is_over();
}

// A few microseconds, 0.3 for each name that is there, and 8 for each of ours.
void remove_leftovers() {
    const std::unique_ptr<DIR, int (*)(DIR*)> names(::opendir(folder), ::closedir);
    if (names == nullptr) return;
    while (const dirent* entry = ::readdir(names.get())) {
        if (is_left_over(entry->d_name)) ::shm_unlink(fmt::format("/{}", entry->d_name).c_str());
    }
}

// What this machine has left, in bytes.
std::uint64_t room_in_memory() {
    std::uint64_t bytes = ~std::uint64_t{0};
    std::ifstream info("/proc/meminfo");
    std::string key;
    std::uint64_t kib = 0;
    for (std::string line; std::getline(info, line);) {
        std::istringstream words(line);
        if (words >> key >> kib && key == "MemAvailable:") {
            bytes = kib * 1024;
        }
    }
    return bytes;
}

// What can be shared now, in bytes: /dev/shm often promises more than the machine has left.
std::uint64_t room() {
    struct statvfs files {};
    const bool known = ::statvfs(folder, &files) == 0;
    const std::uint64_t promised = static_cast<std::uint64_t>(files.f_bavail) * files.f_frsize;
    return known ? std::min(promised, room_in_memory()) : room_in_memory();
}

// Reserves pages, so that no later write can fail. Returns an errno.
int reserve(int descriptor, Range part) {
    if (part.empty()) {
        return 0;
    }
    int code = EINTR;
    while (code == EINTR) {
        code = ::posix_fallocate(descriptor, static_cast<off_t>(part.first), static_cast<off_t>(part.count));
    }
    return code;
}

std::string no_room(std::size_t bytes, const char* what, int code) {
    const auto mib = [](std::uint64_t count) { return static_cast<double>(count) / (1 << 20); };
    return error_text(
        fmt::format("cannot share {:.1f} MiB for {} among the ranks of a node", mib(bytes), what),
        fmt::format("{}; /dev/shm and the memory behind it have {:.1f} MiB free", std::strerror(code),
                    mib(room())),
        "give the machine or container a larger /dev/shm (docker run --shm-size=...), or ask for less");
}

// Collective. Makes, opens, reserves and maps one segment; returns the mapping, or null and an errno agreed on.
std::byte* make_segment(Transport& node, std::size_t bytes, int& error) {
    Name name{};
    int code = 0;
    Descriptor made(-1);
    if (node.rank() == 0) {
        name = fresh_name();
        ::shm_unlink(name.data());
    }
    const int first =
        node.rank() == 0 ? ::shm_open(name.data(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    const Descriptor leader(first);
    if (node.rank() == 0 && code == 0 && (first < 0 || ::ftruncate(first, static_cast<off_t>(bytes)) != 0)) {
        code = errno;
    }
    Request request = node.start_broadcast(0, writable_bytes_of(name));
    node.wait(request, true);
    error = largest(node, code);
    std::byte* data = nullptr;
    if (error == 0) {
        const Descriptor mine(node.rank() == 0 ? -1 : ::shm_open(name.data(), O_RDWR | O_CLOEXEC, 0600));
        const int descriptor = node.rank() == 0 ? leader.get() : mine.get();
        code = descriptor < 0 ? errno : 0;
        if (code == 0) {
            code = reserve(descriptor, block(bytes, static_cast<std::uint64_t>(node.size()),
                                             static_cast<std::uint64_t>(node.rank())));
        }
        if (code == 0) {
            void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
            code = mapped == MAP_FAILED ? errno : 0;
            data = code == 0 ? static_cast<std::byte*>(mapped) : nullptr;
        }
        error = largest(node, code);
    }
    if (node.rank() == 0 && first >= 0) {
        ::shm_unlink(name.data());
    }
    if (error != 0 && data != nullptr) {
        ::munmap(data, bytes);
        data = nullptr;
    }
    return data;
}

}  // namespace

SharedMemory SharedMemory::alone(std::size_t bytes) {
    bytes = std::max<std::size_t>(bytes, 1);
    if (bytes > room_in_memory()) {
        throw UsageError(fmt::format("cannot have {} bytes of memory", bytes), "this machine has fewer left",
                         "ask for less");
    }
    void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) {
        throw UsageError(fmt::format("cannot have {} bytes of memory", bytes), std::strerror(errno),
                         "ask for less");
    }
    return {static_cast<std::byte*>(mapped), bytes};
}

SharedMemory SharedMemory::over(Transport& node, std::size_t bytes, const char* what) {
    bytes = std::max<std::size_t>(bytes, 1);
    if (node.size() == 1) {
        return alone(bytes);
    }
    int error = 0;
    std::byte* data = make_segment(node, bytes, error);
    if (data == nullptr) {
        throw UsageError(no_room(bytes, what, error));
    }
    return {data, bytes};
}

bool SharedMemory::possible(Transport& node) {
    if (node.size() == 1) {
        return true;
    }
    if (node.rank() == 0) {
        remove_leftovers();
    }
    int error = 0;
    constexpr std::size_t page = 4096;
    std::byte* data = make_segment(node, page, error);
    if (data == nullptr) {
        return error != ENOENT && error != EACCES;  // no room is another matter, which `over` reports
    }
    // Two containers may each have a segment of this name: only a word written by the first rank proves sharing.
    auto* word = reinterpret_cast<std::atomic<int>*>(data);
    if (node.rank() == 0) {
        word->store(1);
    }
    (void)largest(node, 0);
    const bool seen = largest(node, word->load() == 1 ? 0 : 1) == 0;
    ::munmap(data, page);
    return seen;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

SharedMemory::~SharedMemory() {
    if (data_ != nullptr) {
        ::munmap(data_, bytes_);
    }
}

}  // namespace cohort::detail

#include <cohort/store/lock_reach.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

namespace cohort::detail {
namespace {

// Source: statfs(2), and the headers of those that are not in Linux.
constexpr std::uint32_t nfs = 0x6969;
constexpr std::uint32_t lustre = 0x0BD00BD0;
constexpr std::array<std::uint32_t, 12> reaching{
    0x01021994 /* tmpfs */,   0x858458F6 /* ramfs */, 0xEF53 /* ext4 */,     0x58465342 /* xfs */,
    0x9123683E /* btrfs */,   0x2FC12FC1 /* zfs */,   0xF2F52010 /* f2fs */, 0xCA451A4E /* bcachefs */,
    0x794C7630 /* overlay */, 0x61756673 /* aufs */,  0x47504653 /* gpfs */, 0x00C36400 /* ceph */};

bool has(std::string_view options, std::string_view option) {
    return fmt::format(",{},", options).find(fmt::format(",{},", option)) != std::string::npos;
}

}  // namespace

bool locks_reach_all(const std::filesystem::path& folder) {
    struct statfs facts {};
    struct stat status {};
    if (::statfs(folder.c_str(), &facts) != 0 || ::stat(folder.c_str(), &status) != 0) return false;
    std::ifstream table("/proc/self/mountinfo");
    // The field is signed on some machines, and the number has 32 bits.
    return locks_reach_all(static_cast<std::uint32_t>(facts.f_type), mount_options(table, status.st_dev));
}

bool locks_reach_all(std::uint32_t type, std::string_view options) {
    if (type == nfs) return has(options, "local_lock=none");
    if (type == lustre) return has(options, "flock");
    return std::find(reaching.begin(), reaching.end(), type) != reaching.end();
}

std::string mount_options(std::istream& table, dev_t device) {
    const std::string wanted = fmt::format("{}:{}", major(device), minor(device));
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string word;
        words >> word >> word >> word;
        if (word != wanted) continue;
        // Behind a hyphen: the kind of file system, its source, its options.
        while (word != "-" && words >> word) continue;
        words >> word >> word >> word;
        return words ? word : "";
    }
    return {};
}

}  // namespace cohort::detail

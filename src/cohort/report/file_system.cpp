#include <cohort/report/file_system.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sys/statfs.h>
#include <unistd.h>

namespace cohort::detail {
namespace {

struct Known {
    std::uint64_t magic;
    const char* name;
    FileSystemKind kind;
};

// Source: statfs(2), and the headers of those that are not in Linux.
constexpr std::array known_types{
    Known{0x01021994, "tmpfs", FileSystemKind::memory},
    Known{0x858458F6, "ramfs", FileSystemKind::memory},
    Known{0xEF53, "ext4", FileSystemKind::local},
    Known{0x58465342, "xfs", FileSystemKind::local},
    Known{0x9123683E, "btrfs", FileSystemKind::local},
    Known{0x2FC12FC1, "zfs", FileSystemKind::local},
    Known{0xF2F52010, "f2fs", FileSystemKind::local},
    Known{0xCA451A4E, "bcachefs", FileSystemKind::local},
    Known{0x794C7630, "overlay", FileSystemKind::layer},
    Known{0x61756673, "aufs", FileSystemKind::layer},
    Known{0x6969, "nfs", FileSystemKind::network},
    Known{0xFF534D42, "cifs", FileSystemKind::network},
    Known{0xFE534D42, "smb", FileSystemKind::network},
    Known{0x5346414F, "afs", FileSystemKind::network},
    Known{0x01021997, "9p", FileSystemKind::network},
    Known{0x0BD00BD0, "lustre", FileSystemKind::parallel},
    Known{0x47504653, "gpfs", FileSystemKind::parallel},
    Known{0x19830326, "beegfs", FileSystemKind::parallel},
    Known{0x00C36400, "ceph", FileSystemKind::parallel},
    Known{0x20030528, "orangefs", FileSystemKind::parallel},
    Known{0xAAD7AAEA, "panfs", FileSystemKind::parallel},
    Known{0x01161970, "gfs2", FileSystemKind::parallel},
    Known{0x7461636F, "ocfs2", FileSystemKind::parallel},
    Known{0x65735546, "fuse", FileSystemKind::unknown},
};

}  // namespace

FileSystemType file_system_type(std::uint64_t magic) {
    const auto* const found = std::find_if(known_types.begin(), known_types.end(),
                                           [magic](const Known& type) { return type.magic == magic; });
    if (found == known_types.end()) return {.name = fmt::format("type {:#x}", magic)};
    return {.name = found->name, .kind = found->kind};
}

OutputFolder output_folder(std::string_view output) {
    const std::filesystem::path parent = std::filesystem::path(output).parent_path();
    OutputFolder folder;
    folder.path = parent.empty() ? "." : parent.string();
    struct statfs facts {};
    folder.exists = std::filesystem::is_directory(folder.path) && statfs(folder.path.c_str(), &facts) == 0;
    if (!folder.exists) return folder;
    // The field is signed on some machines, and the number has 32 bits.
    const FileSystemType type = file_system_type(static_cast<std::uint32_t>(facts.f_type));
    folder.type = type.name;
    folder.kind = type.kind;
    folder.free = static_cast<std::uint64_t>(facts.f_bavail) * static_cast<std::uint64_t>(facts.f_bsize);
    folder.writable = access(folder.path.c_str(), W_OK | X_OK) == 0;
    return folder;
}

}  // namespace cohort::detail

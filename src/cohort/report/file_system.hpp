// On what kind of file system a file would be written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cohort::detail {

// What matters to a program that writes from many ranks.
enum class FileSystemKind : std::uint8_t {
    unknown,
    memory,    // gone with the machine, and takes its memory
    local,     // each machine has its own
    layer,     // of a container, and gone with it
    network,   // one server: NFS and its like
    parallel,  // made for writes from many machines: Lustre and its like
};

struct FileSystemType {
    std::string name;  // "ext4"
    FileSystemKind kind = FileSystemKind::unknown;
};

// Local. What a number in statfs stands for; "type 0x1234" if it is not known.
[[nodiscard]] FileSystemType file_system_type(std::uint64_t magic);

// A folder that files may be written in.
struct OutputFolder {
    std::string path;
    std::string type;
    FileSystemKind kind = FileSystemKind::unknown;
    std::uint64_t free = 0;  // bytes
    bool exists = false;
    bool writable = false;

    template <typename Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        archive& path& type& kind& free& exists& writable;
    }
};

// Local. The folder of the file `output`; the present one if that is empty.
[[nodiscard]] OutputFolder output_folder(std::string_view output);

}  // namespace cohort::detail

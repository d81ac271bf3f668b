#include <cohort/store/leftovers.hpp>

#include <cohort/store/held_file.hpp>
#include <cohort/store/lock_reach.hpp>
#include <cohort/store/temporary_name.hpp>

#include <cerrno>
#include <dirent.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cohort::detail {
namespace {

namespace fs = std::filesystem;

// Temporary and scratch files of an output.
std::vector<TemporaryName> found_beside(const fs::path& path) {
    std::vector<TemporaryName> found;
    const TemporaryNames names(path);
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(folder_of(path).c_str()), ::closedir);
    while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
        if (std::optional<TemporaryName> name = names.read(entry->d_name)) found.push_back(*std::move(name));
    }
    return found;
}

enum class State { over, alive, unknown };

State state_of(const TemporaryName& file, const fs::path& folder) {
    switch (holder_of((folder / file.file).string())) {
        case Holder::somebody: return State::alive;
        case Holder::nobody:
            return file.owner.is_near() || locks_reach_all(folder) ? State::over : State::unknown;
        case Holder::unknown: break;
    }
    if (!file.owner.is_near()) return State::unknown;
    return file.owner.is_over() ? State::over : State::alive;
}

}  // namespace

bool remove_leftovers(const fs::path& path) {
    const fs::path folder = folder_of(path);
    bool is_written = false;
    bool is_clean = true;
    for (const TemporaryName& name : found_beside(path)) {
        is_clean = is_clean && !name.is_scratch();
        if (name.is_scratch()) continue;
        const State state = state_of(name, folder);
        is_written = is_written || state == State::alive;
        if (state != State::over) continue;
        ::unlink((folder / name.file).c_str());
        is_clean = false;
    }
    if (is_clean) return is_written;
    // Looked for again: who makes a scratch file looks afterwards whether its file is still there (Scratch).
    for (const TemporaryName& name : found_beside(path)) {
        struct stat status {};
        if (name.is_scratch() && ::lstat((folder / name.file).c_str(), &status) != 0 && errno == ENOENT)
            ::unlink((folder / name.whole()).c_str());
    }
    return is_written;
}

}  // namespace cohort::detail

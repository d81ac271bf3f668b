// A file that its process holds: made or taken over by it, under a lock that ends with the process, and removed with the
// object unless it was renamed. Whoever else has it open does no harm to the lock.
//
// Where a file system has no locks, a file counts as nobody's.
#pragma once

#include <string>

namespace cohort::detail {

class HeldFile {
  public:
    HeldFile() = default;
    HeldFile(const HeldFile&) = delete;
    HeldFile& operator=(const HeldFile&) = delete;
    ~HeldFile() { remove(); }

    // Local. Return 0, or errno: EAGAIN if another process holds the file, EEXIST if it is there and should be made.
    [[nodiscard]] int make(const std::string& path) { return hold(path, true); }
    [[nodiscard]] int make_or_take_over(const std::string& path) { return hold(path, false); }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    // Local. True if the file is still the one at its path.
    [[nodiscard]] bool is_in_place() const noexcept;

    // Local. Gives the file another name, in the place of what has that, and lets it go. Returns 0, or errno: ESTALE if it
    // is not in its place any more.
    [[nodiscard]] int rename(const std::string& path) noexcept;
    // Local. Removes the file, unless another is in its place, and lets it go.
    void remove() noexcept;

  private:
    int hold(const std::string& path, bool is_new);
    void let_go() noexcept;

    std::string path_;
    int descriptor_ = -1;
};

// Local. Who holds the file at a path; `unknown` if it cannot be asked.
enum class Holder { nobody, somebody, unknown };
[[nodiscard]] Holder holder_of(const std::string& path) noexcept;

}  // namespace cohort::detail

// What a rank of a team writes for: a root that will complete the file, and a launcher that watches over the ranks.
//
// A root that is killed leaves ranks behind that know nothing of it. Open MPI's launcher lets them live for two seconds
// more, and ranks whose launcher is killed live for about one; meanwhile the same program may have been started again. So
// a rank asks here before it writes. What it cannot see, the death of a root on another node, does no harm, for each run
// writes to a file of its own (PendingFile).
#pragma once

#include <cohort/team/process.hpp>

#include <sys/types.h>

namespace cohort::detail {

// Local. The parent that this process had when it was loaded.
[[nodiscard]] pid_t first_parent() noexcept;

class Lifeline {
  public:
    // Of a process alone, which nobody else needs and no launcher started.
    Lifeline() = default;
    // Watches this process's parent, and `root` if that is another process and near.
    explicit Lifeline(const Process& root, pid_t launcher = first_parent());
    Lifeline(Lifeline&& other) noexcept;
    Lifeline& operator=(Lifeline&& other) noexcept;
    Lifeline(const Lifeline&) = delete;
    Lifeline& operator=(const Lifeline&) = delete;
    ~Lifeline();

    // Local; one or two system calls, 0.4 us. Null, or who is gone, in words.
    [[nodiscard]] const char* cut() const noexcept;

  private:
    [[nodiscard]] bool root_is_gone() const noexcept;

    pid_t launcher_ = 0;    // 0: none
    pid_t root_ = 0;        // 0: not watched
    int root_handle_ = -1;  // a pidfd, where the system has them
    bool is_cut_ = false;
};

}  // namespace cohort::detail

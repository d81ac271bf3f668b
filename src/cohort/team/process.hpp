// A process, told apart from all that had its pid before or will have it later.
//
// What outlives a process, as files of a killed run do, bears its name, so that a later run can tell whether it is still
// at work. A pid alone cannot say that: pids are used again, and on another machine, after a restart or in another
// container the same pid is another process. So a name says as well where the pid means something, and when the process
// began.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cohort::detail {

struct Process {
    // Where pids mean the same: one start of one machine, one host name, one pid namespace. 0: not known.
    std::uint64_t space = 0;
    std::uint64_t pid = 0;
    std::uint64_t start = 0;  // in ticks of the clock since the machine started; 0: not known

    // Local. A few dozen microseconds.
    [[nodiscard]] static Process this_one();

    // Local. At most 44 letters, digits and hyphens, for names of files; and back, where it is such a name.
    [[nodiscard]] std::string name() const;
    [[nodiscard]] static std::optional<Process> named(std::string_view name);

    // Local. True if its pid means something to this process.
    [[nodiscard]] bool is_near() const;
    // Local. True if it is near and has ended: nothing of it is left but, perhaps, its exit status.
    [[nodiscard]] bool is_over() const;
    // Local. True if it is this very process.
    [[nodiscard]] bool is_this_one() const { return *this == this_one(); }

    friend bool operator==(const Process&, const Process&) = default;
};

}  // namespace cohort::detail

// What a container or a batch system lets this process have of the machine.
//
// A process sees all cores and all memory of its machine, also where a control group stops it long before. The limits
// of a group hold for the groups in it too, so the tightest on the way to the top counts. Both versions of control
// groups are read; what cannot be read is no limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace cohort::detail {

// Where the kernel tells of control groups; tests have places of their own.
struct CgroupPlaces {
    std::filesystem::path membership = "/proc/self/cgroup";
    std::filesystem::path top = "/sys/fs/cgroup";
};

// Local. Of the words of cpu.max, "50000 100000": 0.5 cores. None for "max 100000" and for what is something else.
[[nodiscard]] std::optional<double> quota_in(std::string_view cpu_max);

// Local. How many cores' worth of time the processes of this group may use together; none without a limit.
[[nodiscard]] std::optional<double> cpu_quota(const CgroupPlaces& places = {});

// Local. Bytes that the processes of this group may still take together, counting as free what is only a copy of
// files; none without a limit.
[[nodiscard]] std::optional<std::uint64_t> memory_left(const CgroupPlaces& places = {});

}  // namespace cohort::detail

// What this process has of the machine that it runs on.
#pragma once

#include <cohort/report/file_system.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cohort {

// Local. The instruction sets of this processor that kernels choose between: "avx2 fma avx512f ..."; empty if
// unknown.
[[nodiscard]] std::string instruction_sets();

namespace detail {

// Of one rank. A value of 0 stands for what could not be found out, or is without a limit.
struct Seat {
    std::string host;
    std::string cores;                // that it may run on: "0-3,8"
    double cpu_quota = 0;             // cores' worth of time, for all ranks of the host together
    std::uint64_t memory = 0;         // bytes free, likewise
    std::uint64_t shared_memory = 0;  // bytes free in /dev/shm
    std::string instruction_sets;
    double clock_read = 0;  // seconds that it takes to read the clock
    std::string clock;      // the kernel's source of it: "tsc"
    OutputFolder output;

    template <typename Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        archive& host& cores& cpu_quota& memory& shared_memory& instruction_sets& clock_read& clock& output;
    }
};

// Local. `output` is the file whose folder is looked at; none if empty.
[[nodiscard]] Seat look_around(std::string host, std::string_view output);

// Local. Ascending numbers as the kernel writes them, "0-3,8", and back.
[[nodiscard]] std::string core_list(const std::vector<int>& cores);
[[nodiscard]] std::vector<int> cores_in(std::string_view list);

}  // namespace detail

}  // namespace cohort

// What the programs that measure have in common beside the work.
#pragma once

#include <cohort/cohort.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <mpi.h>

#include <chrono>
#include <initializer_list>
#include <sys/resource.h>

namespace bench {

[[nodiscard]] inline double now() noexcept {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// These are collective, and by MPI's own means: no rank sleeps, so that all go on at once. A single rank has no MPI.
inline void together(const cohort::Team& team) {
    if (team.size() > 1) MPI_Barrier(team.comm());
}

[[nodiscard]] inline double over_all(const cohort::Team& team, double mine, MPI_Op op) {
    if (team.size() > 1) MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_DOUBLE, op, team.comm());
    return mine;
}
[[nodiscard]] inline double sum_over(const cohort::Team& team, double mine) {
    return over_all(team, mine, MPI_SUM);
}
[[nodiscard]] inline double most_of(const cohort::Team& team, double mine) {
    return over_all(team, mine, MPI_MAX);
}

// Seconds from the first rank's beginning with `part` to the last one's end, after all have come. Ranks of one machine share
// a clock; the root's own times would not do, because with more ranks than cores it may leave the barrier last.
template <typename Part>
[[nodiscard]] double seconds_of(const cohort::Team& team, const Part& part) {
    together(team);
    const double start = now();
    part();
    const double end = now();
    return most_of(team, end) + most_of(team, -start);
}

// On the root: one line of plain numbers, for bench/run.
inline void print_line(const cohort::Team& team, std::initializer_list<double> numbers) {
    if (team.is_root()) fmt::print("{:.9g}\n", fmt::join(numbers, " "));
}

// Of this process, in bytes: the most that it ever had in memory.
[[nodiscard]] inline double peak_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024;
}

// Of this process, all its threads, in seconds.
[[nodiscard]] inline double processor_time() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace bench

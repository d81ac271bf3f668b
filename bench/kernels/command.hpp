// Whole commands, their start included, as they are measured beside whole programs of others.
#pragma once

#include "kernel.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace bench {

// Prints numbers per second. What the command prints is thrown away.
inline void command(double numbers, const std::string& words) {
    const auto start = std::chrono::steady_clock::now();
    if (std::system((words + " > /dev/null").c_str()) != 0) std::exit(1);
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    print(numbers / time.count());
}

// cohort-primes, where it was built beside this program.
inline std::string primes_on_two_ranks() {
    const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
    return "mpirun -n 2 " + (folder / "apps" / "cohort-primes").string() + " --quiet ";
}

}  // namespace bench

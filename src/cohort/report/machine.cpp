#include <cohort/report/machine.hpp>

#include <cohort/report/cgroup.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <memory>
#include <sched.h>
#include <set>
#include <sstream>
#include <sys/statvfs.h>
#include <utility>

namespace cohort {
namespace {

std::vector<int> usable_cores() {
    constexpr int most_cores = 1 << 16;
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(CPU_ALLOC(most_cores),
                                                               [](cpu_set_t* cores) { CPU_FREE(cores); });
    const std::size_t size = CPU_ALLOC_SIZE(most_cores);
    std::vector<int> cores;
    if (!set || sched_getaffinity(0, size, set.get()) != 0) return cores;
    for (int core = 0; core < most_cores; ++core) {
        if (CPU_ISSET_S(static_cast<std::size_t>(core), size, set.get())) cores.push_back(core);
    }
    return cores;
}

std::uint64_t free_memory() {
    std::ifstream info("/proc/meminfo");
    std::uint64_t bytes = 0;
    for (std::string line; std::getline(info, line);) {
        std::istringstream words(line);
        std::string key;
        std::uint64_t kib = 0;
        if (words >> key >> kib && key == "MemAvailable:") bytes = kib * 1024;
    }
    const auto limit = detail::memory_left();
    return limit ? std::min(bytes, *limit) : bytes;
}

std::uint64_t free_shared_memory() {
    struct statvfs facts {};
    if (statvfs("/dev/shm", &facts) != 0) return 0;
    return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

// The quickest of several runs: what disturbs a run only makes it longer.
double time_to_read_clock() {
    using Clock = std::chrono::steady_clock;
    constexpr int runs = 20;
    constexpr int reads = 100;
    double least = 1;
    for (int run = 0; run < runs; ++run) {
        const Clock::time_point start = Clock::now();
        Clock::time_point now = start;
        for (int read = 0; read < reads; ++read) now = Clock::now();
        least = std::min(least, std::chrono::duration<double>(now - start).count() / reads);
    }
    return least;
}

}  // namespace

std::string instruction_sets() {
    constexpr std::array known{"sse4_2",  "avx",      "avx2",     "fma",        "bmi2",
                               "avx512f", "avx512dq", "avx512vl", "avx512ifma", "avx512_vbmi2",
                               "vaes",    "asimd",    "sve",      "sve2"};
    std::ifstream cpu("/proc/cpuinfo");
    std::string line;
    while (std::getline(cpu, line)) {
        if (!line.starts_with("flags") && !line.starts_with("Features")) continue;
        std::istringstream words(line.substr(line.find(':') + 1));
        std::set<std::string> present;
        for (std::string word; words >> word;) present.insert(word);
        std::string text;
        for (const char* name : known) {
            if (present.contains(name)) text += (text.empty() ? "" : " ") + std::string(name);
        }
        return text;
    }
    return {};
}

namespace detail {

Seat look_around(std::string host, std::string_view output) {
    Seat seat;
    seat.host = std::move(host);
    seat.cores = core_list(usable_cores());
    seat.cpu_quota = cpu_quota().value_or(0);
    seat.memory = free_memory();
    seat.shared_memory = free_shared_memory();
    seat.instruction_sets = cohort::instruction_sets();
    seat.clock_read = time_to_read_clock();
    seat.output = output_folder(output);
    std::ifstream("/sys/devices/system/clocksource/clocksource0/current_clocksource") >> seat.clock;
    return seat;
}

std::string core_list(const std::vector<int>& cores) {
    std::string text;
    for (std::size_t first = 0; first < cores.size();) {
        std::size_t last = first;
        while (last + 1 < cores.size() && cores[last + 1] == cores[last] + 1) ++last;
        text += (text.empty() ? "" : ",") + std::to_string(cores[first]);
        if (last > first) text += '-' + std::to_string(cores[last]);
        first = last + 1;
    }
    return text;
}

std::vector<int> cores_in(std::string_view list) {
    std::vector<int> cores;
    const char* at = list.data();
    const char* const end = at + list.size();
    while (at < end) {
        int first = 0;
        at = std::from_chars(at, end, first).ptr;
        int last = first;
        if (at < end && *at == '-') at = std::from_chars(at + 1, end, last).ptr;
        for (int core = first; core <= last; ++core) cores.push_back(core);
        if (at < end && *at != ',') break;
        ++at;
    }
    return cores;
}

}  // namespace detail

}  // namespace cohort

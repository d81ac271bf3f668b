// Verdicts on the machines that the ranks are on. Ranks count by host: what limits them does not know of nodes.
#include <cohort/report/judgement.hpp>

#include <cohort/report/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace cohort::detail {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;
constexpr std::uint64_t little_memory = 256 * mib;  // a rank
constexpr std::uint64_t too_little_memory = 64 * mib;
constexpr std::uint64_t little_shared_memory = 256 * mib;
constexpr std::uint64_t too_little_shared_memory = 16 * mib;
constexpr std::uint64_t little_room = gib;  // in the output's folder
constexpr double quick_clock = 200e-9;      // to read

double in_gib(std::uint64_t bytes) { return static_cast<double>(bytes) / static_cast<double>(gib); }

Health by_size(std::uint64_t size, std::uint64_t little, std::uint64_t too_little) {
    return size >= little ? Health::good : size >= too_little ? Health::warning : Health::bad;
}

struct Host {
    std::vector<const Seat*> seats;
    std::set<int> cores;  // of all its ranks together

    [[nodiscard]] double ranks() const { return static_cast<double>(seats.size()); }
};

std::map<std::string, Host> by_host(const std::vector<Seat>& seats) {
    std::map<std::string, Host> hosts;
    for (const Seat& seat : seats) {
        Host& host = hosts[seat.host];
        host.seats.push_back(&seat);
        for (const int core : cores_in(seat.cores)) host.cores.insert(core);
    }
    return hosts;
}

// The host with the least of something, and how much. There is at least one.
template <typename Measure>
std::pair<std::string, double> least_of(const std::map<std::string, Host>& hosts, const Measure& measure) {
    std::pair<std::string, double> least;
    for (const auto& [name, host] : hosts) {
        const double value = measure(host);
        if (least.first.empty() || value < least.second) least = {name, value};
    }
    return least;
}

const Seat& seat_with_least(const std::vector<Seat>& seats, std::uint64_t Seat::*member) {
    return *std::min_element(seats.begin(), seats.end(),
                             [member](const Seat& a, const Seat& b) { return a.*member < b.*member; });
}

Finding unjudged(std::string name, std::string value) {
    return {.name = std::move(name), .value = std::move(value), .figure = {}, .unit = {}, .advice = {}};
}

std::string counted(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Set by set of cores: the ranks that are bound to it.
using Bindings = std::map<std::pair<std::string, std::string>, std::vector<int>>;

Bindings bindings_of(const std::vector<Seat>& seats) {
    Bindings bindings;
    for (std::size_t rank = 0; rank < seats.size(); ++rank)
        bindings[{seats[rank].host, seats[rank].cores}].push_back(static_cast<int>(rank));
    return bindings;
}

}  // namespace

Finding judge_binding(const std::vector<Seat>& seats) {
    Finding finding = unjudged("binding", "unknown");
    const auto hosts = by_host(seats);
    bool some_are_bound = false;
    for (const auto& [where, ranks] : bindings_of(seats)) {
        const auto& [host, list] = where;
        const std::size_t cores = cores_in(list).size();
        if (cores == 0) return finding;
        const bool is_bound = cores < hosts.at(host).cores.size();
        some_are_bound = some_are_bound || is_bound;
        // Where all share all that there is, the ranks are too many, but not bound.
        if (ranks.size() <= cores || (!is_bound && cores > 1)) continue;
        finding.value = fmt::format("ranks {} of {} share {} {}", core_list(ranks), host,
                                    cores == 1 ? "core" : "cores", list);
        finding.verdict = Health::bad;
        finding.advice = fmt::format(
            "they take turns while other cores may be idle; bind no rank (mpirun --bind-to none) or each to "
            "a core "
            "of its own (mpirun --bind-to core, srun --cpu-bind=cores), and look for taskset around the "
            "command");
        return finding;
    }
    finding.verdict = Health::good;
    const std::size_t cores = cores_in(seats.front().cores).size();
    finding.value = some_are_bound
                        ? fmt::format("ranks have cores of their own, rank 0 {}", seats.front().cores)
                        : fmt::format("none: ranks may use all {}", counted(cores, "core"));
    if (!some_are_bound && cores == 1) finding.value = "one core, for one rank";
    return finding;
}

Finding judge_cores(const std::vector<Seat>& seats) {
    const auto hosts = by_host(seats);
    const auto [name, share] = least_of(
        hosts, [](const Host& host) { return static_cast<double>(host.cores.size()) / host.ranks(); });
    const Host& host = hosts.at(name);
    if (host.cores.empty()) return unjudged("ranks and cores", "unknown");
    Finding finding{.name = "ranks and cores",
                    .value = fmt::format("{} on {} of {}", counted(host.seats.size(), "rank"),
                                         counted(host.cores.size(), "core"), name),
                    .figure = 1 / share,
                    .unit = "ranks per core",
                    .verdict = share < 1 ? Health::warning : Health::good,
                    .advice = {}};
    if (share < 1) {
        finding.advice = fmt::format(
            "ranks take turns, so more of them gain nothing and every wait takes longer; start at most {} "
            "there",
            host.cores.size());
    } else if (share > 1) {
        finding.advice = hosts.size() == 1 ? fmt::format("-j {} uses them all", host.cores.size())
                                           : fmt::format("there are cores for {}", host.cores.size());
    }
    return finding;
}

Finding judge_quota(const std::vector<Seat>& seats) {
    constexpr double no_limit = 1e9;
    const auto hosts = by_host(seats);
    const auto cores_a_rank = [](const Host& host) {
        const double quota = host.seats.front()->cpu_quota;
        return (quota > 0 ? quota : no_limit) / host.ranks();
    };
    const auto [name, share] = least_of(hosts, cores_a_rank);
    const Seat& seat = *hosts.at(name).seats.front();
    if (!(seat.cpu_quota > 0)) {
        Finding finding = unjudged("CPU quota", "none");
        finding.verdict = Health::good;
        return finding;
    }
    Finding finding{.name = "CPU quota",
                    .value = fmt::format("{:.3g} cores' worth of time for {} of {}", seat.cpu_quota,
                                         counted(hosts.at(name).seats.size(), "rank"), name),
                    .figure = seat.cpu_quota,
                    .unit = "cores",
                    .verdict = share < 1 ? Health::bad : Health::good,
                    .advice = {}};
    if (share < 1) {
        finding.advice = fmt::format(
            "when it is used up all ranks stand still until the next period; start at most {}, or ask for "
            "more "
            "(docker run --cpus, the job's cores)",
            std::max(1, static_cast<int>(seat.cpu_quota)));
    }
    return finding;
}

Finding judge_memory(const std::vector<Seat>& seats) {
    const auto hosts = by_host(seats);
    const auto [name, share] = least_of(hosts, [](const Host& host) {
        return static_cast<double>(host.seats.front()->memory) / host.ranks();
    });
    const Host& host = hosts.at(name);
    if (host.seats.front()->memory == 0) return unjudged("memory", "unknown");
    const auto a_rank = static_cast<std::uint64_t>(share);
    Finding finding{.name = "memory",
                    .value = fmt::format("{} free on {}: {} a rank", byte_size(host.seats.front()->memory),
                                         name, byte_size(a_rank)),
                    .figure = in_gib(a_rank),
                    .unit = "GiB",
                    .verdict = by_size(a_rank, little_memory, too_little_memory),
                    .advice = {}};
    if (finding.verdict != Health::good) {
        finding.advice =
            "a rank that finds none is killed, and the run with it; start fewer ranks there, or give the job "
            "or "
            "container more";
    }
    return finding;
}

Finding judge_shared_memory(const std::vector<Seat>& seats) {
    const Seat& seat = seat_with_least(seats, &Seat::shared_memory);
    Finding finding{
        .name = "shared memory",
        .value = fmt::format("{} free in /dev/shm of {}", byte_size(seat.shared_memory), seat.host),
        .figure = in_gib(seat.shared_memory),
        .unit = "GiB",
        .verdict = by_size(seat.shared_memory, little_shared_memory, too_little_shared_memory),
        .advice = {}};
    if (finding.verdict != Health::good) {
        finding.advice =
            "MPI and every SharedArray take their memory there; give the container more (docker run "
            "--shm-size=8g), or "
            "remove what killed programs left in it";
    }
    return finding;
}

Finding judge_processors(const std::vector<Seat>& seats) {
    const Seat& first = seats.front();
    if (first.instruction_sets.empty()) return unjudged("instruction sets", "unknown");
    Finding finding{.name = "instruction sets",
                    .value = first.instruction_sets,
                    .figure = {},
                    .unit = {},
                    .verdict = Health::good,
                    .advice = {}};
    const auto other = std::find_if(seats.begin(), seats.end(), [&](const Seat& seat) {
        return seat.instruction_sets != first.instruction_sets;
    });
    if (other != seats.end()) {
        finding.verdict = Health::warning;
        finding.value = fmt::format("{} on {}; {} on {}", first.instruction_sets, first.host,
                                    other->instruction_sets, other->host);
        finding.advice =
            "ranks are not equally fast; let work go to whoever is free (any --schedule but static and "
            "cyclic)";
    } else if (first.instruction_sets.find("sse") != std::string::npos &&
               first.instruction_sets.find("avx2") == std::string::npos) {
        finding.verdict = Health::warning;
        finding.advice =
            "without AVX2 the portable kernels run, several times slower; if this is a virtual machine, let "
            "it have "
            "the processor of its host";
    }
    return finding;
}

Finding judge_output(const std::vector<Seat>& seats) {
    const OutputFolder& first = seats.front().output;
    Finding finding = unjudged("output folder", first.path);
    const auto says = [&](Health verdict, std::string advice) {
        finding.verdict = verdict;
        finding.advice = std::move(advice);
        return finding;
    };
    for (const Seat& seat : seats) {
        const std::string where = seats.size() > 1 ? " on " + seat.host : "";
        if (!seat.output.exists) {
            finding.value += " does not exist" + where;
            return says(Health::bad, "no file can be written there; create it, or choose another --output");
        }
        if (!seat.output.writable) {
            finding.value += " may not be written to" + where;
            return says(Health::bad,
                        "no file can be written there; change its permissions, or choose another --output");
        }
    }
    finding.value = fmt::format("{} ({}, {} free)", first.path, first.type, byte_size(first.free));
    finding.figure = in_gib(first.free);
    finding.unit = "GiB";
    const bool several_hosts = by_host(seats).size() > 1;
    const bool differs = std::any_of(seats.begin(), seats.end(),
                                     [&](const Seat& seat) { return seat.output.type != first.type; });
    const FileSystemKind kind = first.kind;
    const bool own =
        kind == FileSystemKind::memory || kind == FileSystemKind::local || kind == FileSystemKind::layer;
    if (several_hosts && (differs || own)) {
        return says(
            Health::bad,
            "each host has a folder of its own there, so they cannot write one file; choose an --output that "
            "all hosts share");
    }
    if (first.free < little_room)
        return says(Health::warning, "a result may not fit; make room, or choose another --output");
    if (kind == FileSystemKind::memory)
        return says(Health::warning,
                    "files there take memory, and are gone when the machine stops; choose a disk");
    if (kind == FileSystemKind::layer)
        return says(Health::warning,
                    "files there are gone with the container; write to a folder that is mounted into it");
    if (kind == FileSystemKind::network)
        return says(Health::warning,
                    "one server takes the writes of all ranks, one after the other; on one machine choose a "
                    "local disk, "
                    "on several a parallel file system");
    if (kind == FileSystemKind::unknown) return says(Health::none, "");
    return says(Health::good, "");
}

Finding judge_clock(const std::vector<Seat>& seats) {
    const Seat& seat = *std::max_element(
        seats.begin(), seats.end(), [](const Seat& a, const Seat& b) { return a.clock_read < b.clock_read; });
    Finding finding{.name = "clock",
                    .value = fmt::format("{} to read it on {}{}", duration(seat.clock_read), seat.host,
                                         seat.clock.empty() ? "" : fmt::format(" ({})", seat.clock)),
                    .figure = seat.clock_read,
                    .unit = "s",
                    .verdict = seat.clock_read <= quick_clock ? Health::good : Health::warning,
                    .advice = {}};
    if (finding.verdict != Health::good) {
        finding.advice =
            "it is read for every few claims, and in this way asks the kernel or the hypervisor; let the "
            "machine use "
            "tsc (or kvm-clock), see /sys/devices/system/clocksource";
    }
    return finding;
}

}  // namespace cohort::detail

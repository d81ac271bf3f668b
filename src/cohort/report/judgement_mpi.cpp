// Verdicts on MPI, the nodes, and what was measured between ranks.
#include <cohort/report/judgement.hpp>

#include <cohort/report/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cohort::detail {
namespace {

// Seconds. Measured in containers, on desktops and over TCP: docs/running.md says what is usual.
constexpr double quick_claim = 1e-6;
constexpr double slow_claim = 20e-6;
constexpr double quick_message_within = 5e-6;
constexpr double slow_message_within = 50e-6;
constexpr double quick_message_between = 10e-6;
constexpr double slow_message_between = 200e-6;
constexpr double quick_batch = 100e-6;
constexpr double slow_batch = 2e-3;

Health between(double figure, double quick, double slow) {
    return figure <= quick ? Health::good : figure <= slow ? Health::warning : Health::bad;
}

Finding not_measured(std::string name, std::string why_not) {
    return {.name = std::move(name), .value = std::move(why_not), .figure = {}, .unit = {}, .advice = {}};
}

Finding measured(std::string name, double seconds, const std::string& what, Health verdict,
                 std::string advice) {
    return {.name = std::move(name),
            .value = duration(seconds) + what,
            .figure = seconds,
            .unit = "s",
            .verdict = verdict,
            .advice = verdict == Health::good ? "" : std::move(advice)};
}

// "ranks 0-3,8"; how many, where naming them takes too long.
std::string rank_list(const std::vector<int>& ranks) {
    constexpr std::size_t most_shown = 40;
    const std::string list = core_list(ranks);
    if (list.size() > most_shown) return fmt::format("{} ranks", ranks.size());
    return fmt::format("rank{} {}", ranks.size() == 1 ? "" : "s", list);
}

}  // namespace

std::size_t host_count(const NodeMap& map) { return std::set(map.hosts.begin(), map.hosts.end()).size(); }

Finding judge_library(const std::string& version, bool started) {
    return {.name = "MPI",
            .value = started ? version : version + ", not started for one rank",
            .figure = {},
            .unit = {},
            .verdict = Health::good,
            .advice = {}};
}

Finding judge_transport(const std::optional<MpiPath>& transport, std::size_t hosts) {
    Finding finding{
        .name = "transport", .value = "none: there is one rank", .figure = {}, .unit = {}, .advice = {}};
    if (!transport) return finding;
    finding.value = transport->name.empty() ? "unknown" : transport->name;
    if (transport->is_quick) finding.verdict = Health::good;
    if (hosts == 1 && transport->uses_memory) finding.verdict = Health::good;
    if (finding.verdict == Health::good) return finding;
    if (hosts == 1 && transport->uses_tcp) {
        finding.verdict = Health::bad;
        finding.advice =
            "ranks of one machine talk by TCP, which takes ten times as long as shared memory; do not "
            "exclude vader or "
            "sm in OMPI_MCA_btl";
    } else if (transport->uses_tcp) {
        finding.verdict = Health::warning;
        finding.advice =
            "messages between nodes go by TCP, tens of microseconds each; if there is a faster network, use "
            "an MPI "
            "that is built for it (UCX, libfabric), else give ranks tasks of a millisecond or more";
    }
    return finding;
}

Finding judge_threads(std::optional<bool> are_free, int nodes) {
    Finding finding{.name = "thread level",
                    .value = "none needed: there is one rank",
                    .figure = {},
                    .unit = {},
                    .advice = {}};
    if (!are_free) return finding;
    finding.value =
        *are_free ? "MULTIPLE: any thread may call MPI" : "below MULTIPLE: one thread may call MPI";
    finding.verdict = *are_free || nodes == 1 ? Health::good : Health::warning;
    if (finding.verdict == Health::warning) {
        finding.advice =
            "while a rank is in a long task it answers no other node, and what it has sent may not leave it, "
            "so others wait; use an MPI with MPI_THREAD_MULTIPLE, or have long tasks ask their context "
            "whether to stop";
    }
    return finding;
}

Finding judge_nodes(const NodeMap& map) {
    const std::size_t count = map.ranks.size();
    Finding finding{.name = "nodes",
                    .value = {},
                    .figure = static_cast<double>(count),
                    .unit = "nodes",
                    .verdict = Health::good,
                    .advice = {}};
    constexpr std::size_t most_shown = 8;
    std::vector<std::string> words;
    for (std::size_t node = 0; node < std::min(count, most_shown); ++node)
        words.push_back(fmt::format("{}: {}", map.hosts[node], rank_list(map.ranks[node])));
    if (count > most_shown) words.push_back(fmt::format("and {} more", count - most_shown));
    finding.value =
        fmt::format("{}{} ({})", count, map.is_pretended && host_count(map) < count ? " pretended" : "",
                    fmt::join(words, "; "));
    if (map.is_pretended && host_count(map) < count) {
        finding.verdict = Health::warning;
        finding.advice =
            "COHORT_RANKS_PER_NODE makes nodes of ranks that could share memory, which is for trying things; "
            "unset it";
    } else if (host_count(map) < count) {
        finding.verdict = Health::warning;
        finding.advice =
            "ranks of one host do not share memory, so they send messages; start them in one container, or "
            "give "
            "their containers a common /dev/shm (docker run --ipc=host)";
    }
    return finding;
}

Finding judge_claim(double seconds, int ranks) {
    return measured(
        "claim", seconds, ranks == 1 ? " by one rank" : fmt::format(" with {} ranks of a node at it", ranks),
        between(seconds, quick_claim, slow_claim),
        "taking a chunk of work is dear, mostly because ranks share cores; start fewer ranks, or hand out "
        "more at a time with --chunk");
}

Finding judge_message_within(std::optional<double> seconds) {
    constexpr const char* name = "message in a node";
    if (!seconds) return not_measured(name, "no node has two ranks");
    return measured(
        name, *seconds, " one way", between(*seconds, quick_message_within, slow_message_within),
        "shared memory takes less than 1 us; ranks that share cores take turns, so start fewer, and see "
        "that the transport is shared memory");
}

Finding judge_message_between(std::optional<double> seconds) {
    constexpr const char* name = "message between nodes";
    if (!seconds) return not_measured(name, "one node");
    return measured(
        name, *seconds, " one way", between(*seconds, quick_message_between, slow_message_between),
        "a fast network takes 1 to 3 us, TCP 10 to 50; see the transport, and name the right network (with "
        "Open MPI: OMPI_MCA_btl_tcp_if_include)");
}

Finding judge_batch(std::optional<double> seconds, const std::string& why_not) {
    constexpr const char* name = "batch from afar";
    if (!seconds) return not_measured(name, why_not);
    return measured(
        name, *seconds, " when the coordinator's task asks its context",
        between(*seconds, quick_batch, slow_batch),
        "a node waits so long for its next items; see the message between nodes, and let tasks take longer "
        "than that, or take --schedule static");
}

Finding judge_busy_batch(std::optional<double> seconds, double task, const std::string& why_not) {
    constexpr const char* name = "batch from a busy root";
    if (!seconds) return not_measured(name, why_not);
    const Health verdict = *seconds < task / 5 ? Health::good : Health::warning;
    return measured(
        name, *seconds, fmt::format(" at most, while the coordinator is in a task of {}", duration(task)),
        verdict,
        "nodes wait for the coordinator's task to end; keep tasks shorter, have them ask their context "
        "whether to stop, or take --schedule static");
}

}  // namespace cohort::detail

#include <cohort/report/doctor.hpp>

#include <cohort/report/judgement.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/team/nodes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <sstream>

namespace cohort {
namespace {

using Clock = std::chrono::steady_clock;
using detail::Seat;

constexpr int most_nodes_tried = 16;
constexpr std::uint64_t claims = 200'000;
constexpr std::size_t columns = 100;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// The middle one. There must be some.
double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::vector<int> ranks_of_node(const Team& team, int node) {
    std::vector<int> ranks;
    for (int rank = 0; rank < team.size(); ++rank) {
        if (team.node_of(rank) == node) ranks.push_back(rank);
    }
    return ranks;
}

// Collective. The slowest node's; on the root, elsewhere 0. Nodes are measured at the same time.
double measure_claim(Team& team) {
    Team node = team.node();
    const auto claim_all = [&node](std::uint64_t items) {
        node.barrier();
        const Clock::time_point start = Clock::now();
        for_each(node, indices(items), [](Index) {}, {.schedule = Fixed{1}});
        return seconds_since(start) * node.size() / static_cast<double>(items);
    };
    claim_all(claims / 20);
    const std::vector<double> times = gather(team, claim_all(claims));
    return times.empty() ? 0 : *std::max_element(times.begin(), times.end());
}

// Collective. Between the first two ranks of each node; the slowest node's, on the root.
std::optional<double> measure_message_within(Team& team) {
    std::optional<double> mine;
    if (team.node_size() > 1 && team.node_rank() < 2) {
        const std::vector<int> ranks = ranks_of_node(team, team.node_number());
        mine = detail::message_time(team, ranks[0], ranks[1]);
    }
    std::optional<double> slowest;
    for (const std::optional<double>& time : gather(team, mine)) {
        if (time) slowest = std::max(slowest.value_or(0), *time);
    }
    return slowest;
}

// Collective. From the root to the first ranks of other nodes, one after the other; the slowest, on the root.
std::optional<double> measure_message_between(Team& team) {
    std::optional<double> slowest;
    const int others = team.nodes() - 1;
    const int tried = std::min(others, most_nodes_tried);
    for (int i = 0; i < tried; ++i) {
        const int node = 1 + static_cast<int>(std::int64_t{others} * i / tried);
        if (!team.is_root() && team.node_number() != node) continue;
        const int leader = ranks_of_node(team, node).front();
        if (!team.is_root() && team.rank() != leader) continue;
        if (const auto time = detail::message_time(team, 0, leader))
            slowest = std::max(slowest.value_or(0), *time);
    }
    team.barrier();
    return slowest;
}

// How long a rank of another node waits for its next items.
struct BatchTimes {
    std::optional<double> attentive;  // the root's task asks its context all the time
    std::optional<double> busy;       // the root's task asks nothing: the longest wait in a call
    std::string why_not;
};

constexpr double busy_task = 0.05;

// Collective over a team of two ranks on two nodes. The second one's waits in each of `rounds` calls; on the root. Of
// the four items each rank gets one to begin with, and the other two go one by one to whoever asks.
std::vector<std::vector<double>> waits_for_batches(Team& pair, int rounds, double root_task,
                                                   bool asks_context) {
    constexpr double first_task = 300e-6;  // by then the root is in its own
    std::vector<std::vector<double>> all;
    for (int round = 0; round < rounds; ++round) {
        std::vector<double> waits;
        bool is_first = true;
        Clock::time_point left;
        const auto task = [&](Index, Context& context) {
            if (!pair.is_root() && !is_first) waits.push_back(seconds_since(left));
            const double length = !is_first ? 0 : pair.is_root() ? root_task : first_task;
            const Clock::time_point start = Clock::now();
            while (seconds_since(start) < length) {
                if (asks_context && context.stop_requested()) break;
            }
            is_first = false;
            left = Clock::now();
        };
        pair.barrier();
        for_each(pair, indices(4), task, {.schedule = Fixed{1}});
        const std::vector<double> theirs = gather(pair, waits);
        if (!theirs.empty()) all.push_back(theirs);
    }
    return all;
}

// Collective. On the root, with the first rank of the last node.
BatchTimes measure_batches(Team& team) {
    BatchTimes times;
    if (team.nodes() == 1) {
        times.why_not = "one node";
        return times;
    }
    const int other = ranks_of_node(team, team.nodes() - 1).front();
    const bool takes_part = team.is_root() || team.rank() == other;
    Team pair = team.split(takes_part ? 0 : 1);
    if (takes_part && pair.nodes() == 2) {
        std::vector<double> attentive;
        for (const std::vector<double>& waits : waits_for_batches(pair, 10, 2e-3, true))
            attentive.insert(attentive.end(), waits.begin(), waits.end());
        if (!attentive.empty()) times.attentive = median(attentive);
        std::vector<double> busy;
        for (const std::vector<double>& waits : waits_for_batches(pair, 3, busy_task, false))
            busy.push_back(*std::max_element(waits.begin(), waits.end()));
        if (!busy.empty()) times.busy = median(busy);
    }
    times.why_not = takes_part && pair.nodes() == 1
                        ? "not measured: the nodes are pretended (COHORT_RANKS_PER_NODE=1 does)"
                        : "not measured: the root was done before anyone asked";
    team.barrier();
    return times;
}

// Collective. On the root; elsewhere empty.
detail::NodeMap map_of_nodes(Team& team) {
    detail::NodeMap map;
    map.is_pretended = std::getenv("COHORT_RANKS_PER_NODE") != nullptr;
    const std::vector<std::string> hosts = gather(team, team.host());
    if (!team.is_root()) return map;
    map.ranks.resize(static_cast<std::size_t>(team.nodes()));
    for (int rank = 0; rank < team.size(); ++rank)
        map.ranks[static_cast<std::size_t>(team.node_of(rank))].push_back(rank);
    for (const std::vector<int>& ranks : map.ranks)
        map.hosts.push_back(hosts[static_cast<std::size_t>(ranks.front())]);
    return map;
}

// "text" broken into lines at blanks, each behind `indent` blanks.
std::string wrapped(const std::string& text, std::size_t indent) {
    std::string result;
    std::string line(indent, ' ');
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const bool is_empty = line.size() == indent;
        if (!is_empty && line.size() + 1 + word.size() > columns) {
            result += line + '\n';
            line.assign(indent, ' ');
            line += word;
        } else {
            line += (is_empty ? "" : " ") + word;
        }
    }
    return result + line + '\n';
}

std::string counts(const Diagnosis& diagnosis) {
    const auto count = [&](Health health) {
        return std::count_if(diagnosis.findings.begin(), diagnosis.findings.end(),
                             [health](const Finding& finding) { return finding.verdict == health; });
    };
    const auto warnings = count(Health::warning);
    return fmt::format("{} good, {} warning{}, {} bad", count(Health::good), warnings,
                       warnings == 1 ? "" : "s", count(Health::bad));
}

}  // namespace

std::string_view name(Health health) noexcept {
    constexpr std::array<std::string_view, 4> names{"none", "good", "warning", "bad"};
    return names[static_cast<std::size_t>(health)];
}

Health Diagnosis::verdict() const noexcept {
    Health worst = Health::none;
    for (const Finding& finding : findings) worst = std::max(worst, finding.verdict);
    return worst;
}

Diagnosis diagnose(Team& team, const DoctorOptions& options) {
    const bool has_mpi = team.comm() != MPI_COMM_NULL;
    const std::vector<Seat> seats = gather(team, detail::look_around(team.host(), options.output));
    const detail::NodeMap map = map_of_nodes(team);
    const std::optional<double> within = has_mpi ? measure_message_within(team) : std::nullopt;
    const std::optional<double> between = has_mpi ? measure_message_between(team) : std::nullopt;
    const double claim = measure_claim(team);
    const BatchTimes batches = measure_batches(team);
    Diagnosis diagnosis{.findings = {}, .ranks = team.size()};
    team.agree([&] {
        if (!team.is_root()) return;
        std::optional<detail::MpiPath> transport;
        std::optional<bool> threads;
        if (has_mpi && team.size() > 1) {
            transport = detail::transport();
            threads = detail::threads_are_free();
        }
        diagnosis.findings = {detail::judge_library(mpi_version(), has_mpi),
                              detail::judge_transport(transport, detail::host_count(map)),
                              detail::judge_threads(threads, team.nodes()),
                              detail::judge_nodes(map),
                              detail::judge_message_within(within),
                              detail::judge_message_between(between),
                              detail::judge_claim(claim, team.node_size()),
                              detail::judge_batch(batches.attentive, batches.why_not),
                              detail::judge_busy_batch(batches.busy, busy_task, batches.why_not),
                              detail::judge_binding(seats),
                              detail::judge_cores(seats),
                              detail::judge_quota(seats),
                              detail::judge_memory(seats),
                              detail::judge_shared_memory(seats),
                              detail::judge_processors(seats),
                              detail::judge_clock(seats),
                              detail::judge_output(seats)};
    });
    return diagnosis;
}

std::string text(const Diagnosis& diagnosis) {
    std::size_t width = 0;
    for (const Finding& finding : diagnosis.findings) width = std::max(width, finding.name.size());
    std::string result;
    for (const Finding& finding : diagnosis.findings) {
        const std::string_view verdict = finding.verdict == Health::none ? "-" : name(finding.verdict);
        result += fmt::format("{:7}  {:{}}  {}\n", verdict, finding.name, width, finding.value);
        if (!finding.advice.empty()) result += wrapped(finding.advice, width + 11);
    }
    return result + counts(diagnosis) + '\n';
}

}  // namespace cohort

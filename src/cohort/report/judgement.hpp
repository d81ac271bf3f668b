// The doctor's verdicts: from what was seen or measured to a finding. Pure functions, so all of them can be tested
// without the machines that they are about.
#pragma once

#include <cohort/report/doctor.hpp>
#include <cohort/report/machine.hpp>
#include <cohort/report/mpi_facts.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cohort::detail {

// Of MPI.
struct NodeMap {
    std::vector<std::vector<int>> ranks;  // by node
    std::vector<std::string> hosts;       // by node
    bool is_pretended = false;            // by COHORT_RANKS_PER_NODE
};
[[nodiscard]] std::size_t host_count(const NodeMap& map);
[[nodiscard]] Finding judge_library(const std::string& version, bool started);
[[nodiscard]] Finding judge_transport(const std::optional<MpiPath>& transport, std::size_t hosts);
[[nodiscard]] Finding judge_threads(std::optional<bool> are_free, int nodes);
[[nodiscard]] Finding judge_nodes(const NodeMap& map);

// Of what was measured, in seconds. None: there was nobody to measure it with.
[[nodiscard]] Finding judge_claim(double seconds, int ranks);
[[nodiscard]] Finding judge_message_within(std::optional<double> seconds);
[[nodiscard]] Finding judge_message_between(std::optional<double> seconds);
// `why_not` says why it was not measured.
[[nodiscard]] Finding judge_batch(std::optional<double> seconds, const std::string& why_not);
[[nodiscard]] Finding judge_busy_batch(std::optional<double> seconds, double task,
                                       const std::string& why_not);

// Of the machines; one seat for each rank.
[[nodiscard]] Finding judge_binding(const std::vector<Seat>& seats);
[[nodiscard]] Finding judge_cores(const std::vector<Seat>& seats);
[[nodiscard]] Finding judge_quota(const std::vector<Seat>& seats);
[[nodiscard]] Finding judge_memory(const std::vector<Seat>& seats);
[[nodiscard]] Finding judge_shared_memory(const std::vector<Seat>& seats);
[[nodiscard]] Finding judge_processors(const std::vector<Seat>& seats);
[[nodiscard]] Finding judge_output(const std::vector<Seat>& seats);
[[nodiscard]] Finding judge_clock(const std::vector<Seat>& seats);

}  // namespace cohort::detail

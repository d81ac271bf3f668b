// Collective operations on bytes, without limits on size and without blocking inside MPI.
//
// Counts in MPI are `int`, so everything longer travels in pieces. Every function here is collective over the team and
// trivial in a team of one, where no MPI is called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace cohort::detail {

class TeamCore;

using Bytes = std::vector<std::byte>;

void barrier(TeamCore& team);

// Gives `bytes` of rank `from` to every rank.
void broadcast(TeamCore& team, Bytes& bytes, int from);

// Returns, on the root, what each rank gave; elsewhere nothing.
[[nodiscard]] std::vector<Bytes> gather(TeamCore& team, std::span<const std::byte> bytes);

// Returns the part of this rank; `parts` counts on the root, one for each rank.
[[nodiscard]] Bytes scatter(TeamCore& team, const std::vector<Bytes>& parts);

// The lowest rank that gave true, or the number of ranks.
[[nodiscard]] int lowest_rank(TeamCore& team, bool mine);

// Runs `body` on each rank; where any throws, throws the error of the lowest such rank on all of them.
void agree(TeamCore& team, const std::function<void()>& body);

}  // namespace cohort::detail

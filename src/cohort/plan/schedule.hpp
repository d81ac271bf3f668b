// Schedules: in which runs grains are handed to ranks.
//
// Scheduling decides how long a call takes and never what it answers, so a schedule is a small value and
// everything derived from it is a pure function that can be tested without ranks. All counts here are in
// grains.
//
// Static schedules settle beforehand which rank gets what. The others hand out *batches*: runs of consecutive
// grains cut into equal chunks, which the ranks of a node claim one by one. How much a batch takes depends on
// what is left and on the node's part of the team, and on nothing else. So a node can work out a batch of
// many chunks with one question, and a team on one node knows its whole plan before it starts.
#pragma once

#include <cohort/plan/index.hpp>

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace cohort {

// Left to the call: see resolve().
struct Auto {
    friend constexpr bool operator==(const Auto&, const Auto&) = default;
};

// One block of consecutive grains per rank. Least overhead, for even work on even machines.
struct StaticBlock {
    friend constexpr bool operator==(const StaticBlock&, const StaticBlock&) = default;
};

// `chunk` grains at a time to each rank in turn. For work that gets heavier along the grains.
struct StaticCyclic {
    std::uint64_t chunk = 1;
    friend constexpr bool operator==(const StaticCyclic&, const StaticCyclic&) = default;
};

// `chunk` grains to whichever rank is free, in order. For searches, and where waiting at the end matters
// most.
struct Fixed {
    std::uint64_t chunk = 1;
    friend constexpr bool operator==(const Fixed&, const Fixed&) = default;
};

// To whichever rank is free, its even share of what is left, at least `minimum`: ceil(remaining / ranks).
// Chunk sizes are set anew once in ranks / 8 chunks rather than for every chunk, so that a node's plan has a
// bounded number of batches. Source: Polychronopoulos and Kuck, Guided self-scheduling, IEEE Transactions on
// Computers C-36 (1987).
struct Guided {
    std::uint64_t minimum = 1;
    friend constexpr bool operator==(const Guided&, const Guided&) = default;
};

// Half of what is left, in as many equal chunks as there are ranks, each at least `minimum`; then half of the
// rest, and so on. Source: Hummel, Schonberg and Flynn, Factoring: a method for scheduling parallel loops,
// CACM 35 (1992).
struct Factoring {
    std::uint64_t minimum = 1;
    friend constexpr bool operator==(const Factoring&, const Factoring&) = default;
};

// A chunk or minimum of 0 counts as 1 throughout.
using Schedule = std::variant<Auto, StaticBlock, StaticCyclic, Fixed, Guided, Factoring>;

// "auto", "static", "cyclic", "fixed", "guided" or "factoring".
[[nodiscard]] std::string_view name(const Schedule& schedule) noexcept;

// What a call does with its grains: all of them, or only those up to the first hit.
enum class Purpose { map, reduce, search };

// Local. What Auto stands for, with the call's own minimum: factoring where every grain is done; fixed chunks
// in a search, where large first chunks would make an early hit as slow as on one rank. Other schedules come
// back as they are.
[[nodiscard]] Schedule resolve(const Schedule& schedule, std::uint64_t minimum, Purpose purpose) noexcept;

// Local. True for the schedules that settle beforehand which rank gets what.
[[nodiscard]] bool is_static(const Schedule& schedule) noexcept;

// A run of consecutive grains that one rank takes at a time.
struct Chunk {
    std::uint64_t first = 0;
    std::uint64_t count = 0;

    friend constexpr bool operator==(const Chunk&, const Chunk&) = default;
};

// A run of consecutive grains, cut into chunks of `chunk` grains (at least 1); the last may be shorter.
struct Batch {
    std::uint64_t first = 0;
    std::uint64_t grains = 0;
    std::uint64_t chunk = 1;

    [[nodiscard]] constexpr std::uint64_t chunks() const noexcept {
        return grains / chunk + (grains % chunk != 0 ? 1 : 0);
    }
    // The chunk with this number, which must be below chunks().
    [[nodiscard]] constexpr Chunk operator[](std::uint64_t number) const noexcept {
        const std::uint64_t offset = number * chunk;
        const std::uint64_t left = grains - offset;
        return {first + offset, left < chunk ? left : chunk};
    }
    friend constexpr bool operator==(const Batch&, const Batch&) = default;
};

// What a node's next batch depends on.
struct Share {
    std::uint64_t remaining = 0;   // grains that no node has taken yet
    std::uint64_t node_ranks = 1;  // of the node that asks; at least 1
    std::uint64_t team_ranks = 1;  // of all nodes; at least node_ranks
};

// How many of the remaining grains the node takes, and in what chunks.
struct Cut {
    std::uint64_t grains = 0;
    std::uint64_t chunk = 1;

    friend constexpr bool operator==(const Cut&, const Cut&) = default;
};

// Local. The next batch of a node. A pure function.
//
// A node that is the whole team takes everything at once (fixed), half of what is left (factoring), or ranks
// / 8 chunks (guided). A node that is only part of the team never takes more than its share of half of what
// is left, remaining / 2 * node_ranks / team_ranks, rounded up to whole chunks. A batch ends with a whole
// chunk unless it is the last, so only the very last chunk of a call is ever below the minimum. Nothing is
// taken only when nothing is left.
//
// `schedule` must be fixed, guided or factoring; throws Fault for the others.
[[nodiscard]] Cut next_batch(const Schedule& schedule, const Share& share);

// Local. The k-th chunk of a rank under a static schedule, or nothing when it has had its last. Throws Fault
// for a schedule that is not static.
[[nodiscard]] std::optional<Chunk> static_chunk(const Schedule& schedule, std::uint64_t grains,
                                                std::uint64_t ranks, std::uint64_t rank, std::uint64_t k);

// A team on one node never needs more batches than this, whatever the schedule and the sizes. Guided comes
// closest: it takes at least a fifteenth of what is left each time, and (14/15)^643 < 2^-64.
inline constexpr std::size_t most_batches = 1024;

// The whole plan of a team on one node: all chunks in order, each a pure function of its number.
//
//     cohort::ChunkPlan plan(cohort::Factoring{.minimum = 4}, grains.count(), 8);
//     for (std::uint64_t number = 0; number < plan.chunks(); ++number) claim(plan[number]);
class ChunkPlan {
  public:
    // Local. Throws Fault for Auto, which has to be resolved first.
    ChunkPlan(const Schedule& schedule, std::uint64_t grains, std::uint64_t ranks);

    [[nodiscard]] std::uint64_t chunks() const noexcept { return chunks_; }
    // The chunk with this number, which must be below chunks(). Logarithmic in the number of batches.
    [[nodiscard]] Chunk operator[](std::uint64_t number) const noexcept;

    [[nodiscard]] const std::vector<Batch>& batches() const noexcept { return batches_; }

  private:
    void append(const Batch& batch);

    std::vector<Batch> batches_;
    std::vector<std::uint64_t> first_chunks_;  // of each batch: the number of its first chunk
    std::uint64_t chunks_ = 0;
};

}  // namespace cohort

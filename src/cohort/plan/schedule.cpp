#include <cohort/plan/schedule.hpp>

#include <cohort/plan/blocks.hpp>
#include <cohort/plan/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cohort {

namespace {

constexpr std::uint64_t at_least_one(std::uint64_t count) noexcept {
    return std::max<std::uint64_t>(count, 1);
}

constexpr Wide divide_up(Wide dividend, Wide divisor) noexcept {
    return dividend / divisor + (dividend % divisor != 0 ? 1 : 0);
}

// The node's share of half of what is left, at least one grain.
std::uint64_t half_share(const Share& share) noexcept {
    const Wide ranks = at_least_one(share.team_ranks);
    return at_least_one(
        static_cast<std::uint64_t>(divide_up(Wide{share.remaining} * share.node_ranks, 2 * ranks)));
}

bool is_whole_team(const Share& share) noexcept { return share.node_ranks >= share.team_ranks; }

// A cut of at most `most_chunks` chunks, within the node's share and within what is left.
Cut cut(const Share& share, std::uint64_t chunk, std::uint64_t most_chunks) noexcept {
    Wide chunks = most_chunks;
    if (!is_whole_team(share)) {
        chunks = std::min(chunks, divide_up(half_share(share), chunk));
    }
    return {static_cast<std::uint64_t>(std::min<Wide>(share.remaining, chunks * chunk)), chunk};
}

struct NextBatch {
    const Share& share;

    Cut operator()(const Fixed& fixed) const {
        return cut(share, at_least_one(fixed.chunk), at_least_one(share.remaining));
    }
    Cut operator()(const Guided& guided) const {
        std::uint64_t chunk =
            static_cast<std::uint64_t>(divide_up(share.remaining, at_least_one(share.team_ranks)));
        if (!is_whole_team(share)) {
            chunk = std::min(chunk, half_share(share));
        }
        return cut(share, std::max(chunk, at_least_one(guided.minimum)), at_least_one(share.node_ranks / 8));
    }
    Cut operator()(const Factoring& factoring) const {
        const Wide twice_ranks = Wide{2} * at_least_one(share.team_ranks);
        const auto chunk = static_cast<std::uint64_t>(divide_up(share.remaining, twice_ranks));
        return cut(share, std::max(chunk, at_least_one(factoring.minimum)), at_least_one(share.node_ranks));
    }
    template <typename Other>
    Cut operator()(const Other& other) const {
        throw Fault(fmt::format("a batch was asked of the schedule {}, which has none", name(other)));
    }
};

struct StaticChunk {
    std::uint64_t grains;
    std::uint64_t ranks;
    std::uint64_t rank;
    std::uint64_t k;

    std::optional<Chunk> operator()(const StaticBlock& /*block*/) const {
        const Range own = block(grains, ranks, rank);
        return k == 0 && !own.empty() ? std::optional<Chunk>({own.first, own.count}) : std::nullopt;
    }
    std::optional<Chunk> operator()(const StaticCyclic& cyclic) const {
        const std::uint64_t size = at_least_one(cyclic.chunk);
        if (k >= cyclic_pieces(grains, ranks, rank, size)) {
            return std::nullopt;
        }
        const Range piece = cyclic_piece(grains, ranks, rank, k, size);
        return Chunk{piece.first, piece.count};
    }
    template <typename Other>
    std::optional<Chunk> operator()(const Other& other) const {
        throw Fault(
            fmt::format("a rank's own chunk was asked of the schedule {}, which has none", name(other)));
    }
};

}  // namespace

std::string_view name(const Schedule& schedule) noexcept {
    constexpr std::array<std::string_view, std::variant_size_v<Schedule>> names = {
        "auto", "static", "cyclic", "fixed", "guided", "factoring"};
    return names[schedule.index()];
}

Schedule resolve(const Schedule& schedule, std::uint64_t minimum, Purpose purpose) noexcept {
    if (!std::holds_alternative<Auto>(schedule)) {
        return schedule;
    }
    if (purpose == Purpose::search) {
        return Fixed{minimum};
    }
    return Factoring{minimum};
}

bool is_static(const Schedule& schedule) noexcept {
    return std::holds_alternative<StaticBlock>(schedule) || std::holds_alternative<StaticCyclic>(schedule);
}

Cut next_batch(const Schedule& schedule, const Share& share) {
    return std::visit(NextBatch{share}, schedule);
}

std::optional<Chunk> static_chunk(const Schedule& schedule, std::uint64_t grains, std::uint64_t ranks,
                                  std::uint64_t rank, std::uint64_t k) {
    return std::visit(StaticChunk{grains, ranks, rank, k}, schedule);
}

ChunkPlan::ChunkPlan(const Schedule& schedule, std::uint64_t grains, std::uint64_t ranks) {
    if (const auto* cyclic = std::get_if<StaticCyclic>(&schedule)) {
        append({0, grains, at_least_one(cyclic->chunk)});
        return;
    }
    if (std::holds_alternative<StaticBlock>(schedule)) {
        const Range last = block(grains, ranks, ranks - 1);
        const std::uint64_t longer = grains % ranks * (last.count + 1);
        append({0, longer, last.count + 1});
        append({longer, grains - longer, at_least_one(last.count)});
        return;
    }
    for (std::uint64_t first = 0; first < grains;) {
        const Cut next = next_batch(schedule, {grains - first, ranks, ranks});
        append({first, next.grains, next.chunk});
        first += next.grains;
    }
}

void ChunkPlan::append(const Batch& batch) {
    if (batch.grains == 0) {
        return;
    }
    first_chunks_.push_back(chunks_);
    batches_.push_back(batch);
    chunks_ += batch.chunks();
}

Chunk ChunkPlan::operator[](std::uint64_t number) const noexcept {
    const auto after = std::upper_bound(first_chunks_.begin(), first_chunks_.end(), number);
    const auto batch = static_cast<std::size_t>(after - first_chunks_.begin()) - 1;
    return batches_[batch][number - first_chunks_[batch]];
}

}  // namespace cohort

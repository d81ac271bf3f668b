#include <cohort/run/deck.hpp>

#include <algorithm>
#include <utility>

namespace cohort::detail {
namespace {

constexpr double run_time = 100'000;  // ns that a run of units should be worth

}  // namespace

Deck::Deck(Schedule schedule, Purpose purpose, std::optional<std::uint64_t> units, int ranks)
    : schedule_(std::move(schedule)),
      purpose_(purpose),
      units_(units),
      static_(units.has_value() && cohort::is_static(schedule_)),
      hands_(static_cast<std::size_t>(ranks)) {
    if (!units && cohort::is_static(schedule_)) {
        schedule_ = Auto{};
    }
}

std::optional<std::uint64_t> Deck::next(int rank) {
    if (!static_) {
        return units_ && next_ >= *units_ ? std::nullopt : std::optional(next_);
    }
    Hand& hand = hands_[static_cast<std::size_t>(rank)];
    if (hand.rest.count == 0) {
        const auto chunk = static_chunk(schedule_, *units_, hands_.size(), static_cast<std::uint64_t>(rank),
                                        hand.static_chunks);
        if (!chunk) {
            return std::nullopt;
        }
        ++hand.static_chunks;
        hand.rest = *chunk;
    }
    return hand.rest.first;
}

std::optional<Chunk> Deck::take(int rank, std::uint64_t most) {
    const std::optional<std::uint64_t> first = next(rank);
    if (!first) {
        return std::nullopt;
    }
    if (static_) {
        Chunk& rest = hands_[static_cast<std::size_t>(rank)].rest;
        const Chunk chunk{rest.first, std::min(rest.count, most)};
        rest = {rest.first + chunk.count, rest.count - chunk.count};
        return chunk;
    }
    const Chunk chunk{*first, std::min(run_length(), most)};
    next_ += chunk.count;
    return chunk;
}

void Deck::put_back(int rank, Chunk chunk) {
    if (static_) {
        Chunk& rest = hands_[static_cast<std::size_t>(rank)].rest;
        rest = {chunk.first, chunk.count + rest.count};
    } else {
        next_ = chunk.first;
    }
}

void Deck::measured(std::uint64_t units, std::int64_t time) noexcept {
    measured_units_ += units;
    measured_time_ += time;
}

std::uint64_t Deck::run_length() const {
    std::uint64_t minimum = 1;
    if (std::holds_alternative<Auto>(schedule_)) {
        if (measured_units_ == 0) {
            return 1;
        }
        const double each =
            std::max(static_cast<double>(measured_time_) / static_cast<double>(measured_units_), 1.0);
        minimum = static_cast<std::uint64_t>(std::max(run_time / each, 1.0));
        if (!units_) {
            return minimum;
        }
    }
    const std::uint64_t remaining = units_ ? *units_ - next_ : ~std::uint64_t{0};
    const Schedule schedule = resolve(schedule_, minimum, purpose_);
    const std::uint64_t chunk = next_batch(schedule, {remaining, 1, hands_.size()}).chunk;
    // Halving what is left says nothing where nobody knows how much that is.
    const std::uint64_t known = units_ || std::holds_alternative<Fixed>(schedule) ? chunk : minimum;
    return std::min(known, remaining);
}

}  // namespace cohort::detail

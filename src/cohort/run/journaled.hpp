// Calls that know what an earlier run has done.
//
// The root asks the journal which grains are finished; everyone learns which are left, and only those are scheduled, on
// whatever ranks there are now. What is recorded is finished grains, never chunks, so a run may be resumed with another
// schedule and another number of ranks.
#pragma once

#include <cohort/plan/grains.hpp>
#include <cohort/run/codec.hpp>
#include <cohort/run/journal.hpp>
#include <cohort/run/options.hpp>
#include <cohort/team/team.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace cohort::detail {

// The grains that are left, in ascending order: position 0 is the first of them.
class Remaining {
  public:
    // `done` must be in ascending order.
    Remaining(std::uint64_t grains, const std::vector<std::uint64_t>& done) {
        std::uint64_t next = 0;
        for (const std::uint64_t grain : done) {
            add(next, grain);
            next = grain + 1;
        }
        add(next, grains);
    }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t grain(std::uint64_t position) const {
        const auto after =
            std::upper_bound(runs_.begin(), runs_.end(), position,
                             [](std::uint64_t value, const Run& run) { return value < run.position; });
        const Run& run = *std::prev(after);
        return run.first + (position - run.position);
    }

  private:
    struct Run {
        std::uint64_t position;
        std::uint64_t first;
    };
    void add(std::uint64_t first, std::uint64_t end) {
        if (end > first) {
            runs_.push_back({count_, first});
            count_ += end - first;
        }
    }
    std::vector<Run> runs_;
    std::uint64_t count_ = 0;
};

// The remaining units of `size` items of an input that every rank has, as an input of units of one item each.
template <typename In>
class RemainingInput {
  public:
    using Item = std::uint64_t;  // the number of the unit
    static constexpr bool shipped = false;

    RemainingInput(const Remaining& remaining, const In& input, std::uint64_t size)
        : remaining_(remaining), input_(input), size_(size) {}
    [[nodiscard]] std::uint64_t count() const noexcept { return remaining_.count(); }
    void open(std::uint64_t /*first*/, std::uint64_t /*count*/) const noexcept {}
    [[nodiscard]] std::uint64_t item(std::uint64_t position) const { return remaining_.grain(position); }
    // Of the unit's first item in the whole input: what a task is told must not depend on the journal.
    [[nodiscard]] Index index(std::uint64_t position) const {
        return input_.index(remaining_.grain(position) * size_);
    }
    // Of the whole input, in the unit.
    [[nodiscard]] std::uint64_t items_of(std::uint64_t position) const {
        return std::min(size_, input_.count() - remaining_.grain(position) * size_);
    }

  private:
    const Remaining& remaining_;
    const In& input_;
    std::uint64_t size_;
};

// Collective. What the root's journal says is done; the partials are on the root only.
inline std::vector<Journal::Done> begin_journal(Team& team, const Options& options, const Grains& grains) {
    std::vector<Journal::Done> done;
    Bytes bytes;
    team.agree([&] {
        if (team.is_root()) {
            done = options.journal->begin(options.name, grains);
            std::vector<std::uint64_t> numbers;
            std::transform(done.begin(), done.end(), std::back_inserter(numbers),
                           [](const auto& entry) { return entry.grain; });
            bytes = packed(numbers);
        }
    });
    broadcast(team.core(), bytes, 0);
    if (!team.is_root()) {
        for (const std::uint64_t grain : unpacked<std::vector<std::uint64_t>>(bytes)) {
            done.push_back({grain, {}});
        }
    }
    return done;
}

inline Remaining remaining_of(const Grains& grains, const std::vector<Journal::Done>& done) {
    std::vector<std::uint64_t> numbers;
    std::transform(done.begin(), done.end(), std::back_inserter(numbers),
                   [](const auto& entry) { return entry.grain; });
    return {grains.count(), numbers};
}

}  // namespace cohort::detail

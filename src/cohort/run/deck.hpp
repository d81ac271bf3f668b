// What the root has still to deal, by the schedule.
#pragma once

#include <cohort/plan/schedule.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace cohort::detail {

class Deck {
  public:
    // `units` is empty where their number is not known; static schedules then deal as Auto does.
    Deck(Schedule schedule, Purpose purpose, std::optional<std::uint64_t> units, int ranks);

    // The next units for `rank`, at most `most` of them; none if nothing is left for it.
    [[nodiscard]] std::optional<Chunk> take(int rank, std::uint64_t most);
    // Takes back the end of what `rank` took last.
    void put_back(int rank, Chunk chunk);
    // The input ended before `unit`.
    void end_at(std::uint64_t unit) noexcept { units_ = unit; }

    // The unit that `rank` would get next; empty if nothing is left for it.
    [[nodiscard]] std::optional<std::uint64_t> next(int rank);

    // True if it is settled beforehand which rank gets what.
    [[nodiscard]] bool is_static() const noexcept { return static_; }

    // So many units took so long, in ns.
    void measured(std::uint64_t units, std::int64_t time) noexcept;

  private:
    struct Hand {
        Chunk rest;  // of its static chunk
        std::uint64_t static_chunks = 0;
    };

    [[nodiscard]] std::uint64_t run_length() const;

    Schedule schedule_;
    Purpose purpose_;
    std::optional<std::uint64_t> units_;
    bool static_;
    std::uint64_t next_ = 0;
    std::uint64_t measured_units_ = 0;
    std::int64_t measured_time_ = 0;
    std::vector<Hand> hands_;
};

}  // namespace cohort::detail

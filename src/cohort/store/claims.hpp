// Places at the end of a file, for bytes whose number nobody knew before.
//
// The ranks of a node claim them from one word in shared memory, so they lie without gaps. Nodes cannot ask each other so
// cheaply; they take turns of 16 MiB, and where one writes more than the others, turns that were not used stay holes:
// they take no room on the disk, and make the file look longer than it is.
#pragma once

#include <cohort/team/shared_memory.hpp>

#include <atomic>
#include <cstdint>

namespace cohort::detail {

class TeamCore;

class Claims {
  public:
    static constexpr std::uint64_t turn = std::uint64_t{16} << 20;

    // Collective. Throws UsageError on every rank where a node cannot share memory.
    explicit Claims(TeamCore& team);

    // Local, by an atomic add. Where in the file `bytes` bytes belong, which are at most `turn`.
    [[nodiscard]] std::uint64_t take(std::uint64_t bytes) noexcept;

    // Collective. Ends the claims so far; returns, on the root, the end of all of them, or `least` if that is more. Then
    // the root may give out places of its own, until start() is called on every rank.
    [[nodiscard]] std::uint64_t stop(std::uint64_t least);
    // Local. From here on places are given out from `place` on.
    void start(std::uint64_t place) noexcept;

  private:
    [[nodiscard]] std::atomic<std::uint64_t>& word() const noexcept;
    [[nodiscard]] std::uint64_t place_of(std::uint64_t claimed) const noexcept;

    TeamCore* team_;
    SharedMemory memory_;
    std::uint64_t nodes_;
    std::uint64_t node_;
    std::uint64_t origin_ = 0;   // the word as it was at start()
    std::uint64_t stopped_ = 0;  // and at stop()
    std::uint64_t place_ = 0;    // in the file, of origin_
};

}  // namespace cohort::detail

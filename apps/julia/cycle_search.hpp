// When to look for orbits that repeat themselves, and when a lane keeps a z to compare later ones with.
//
// A pixel whose z equals an earlier one of its own goes round forever, so its count is max_iter, exactly. (-0 equals 0,
// rightly: signs of zeros never reach a test.) Which earlier z it must be compared with is not known; after Brent, "An
// improved Monte Carlo factorization algorithm" (1980), each lane keeps one, and a new one when its age has grown by so
// much that it finds a cycle late by a share of what it took to get there.
//
// Periods are small and odd ones are as frequent as even ones, and blocks are as long as each other: so z is compared not at
// the end of a block alone, but after each of its last `compared` steps, and a period up to that is seen at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cohort::julia {

namespace {

constexpr std::int64_t compared = 8;

// Lanes of these ages, in blocks, keep their z: 1, 2, 3, 4, 6, 8, 12, 16, 24 ...
template <typename V>
typename V::Mask is_to_keep(typename V::Wholes age) {
    const auto rest = V::without_lowest_bit(age);
    return V::either(V::are_equal(rest, V::set_whole(0)),
                     V::are_equal(V::add(rest, V::add(rest, rest)), V::add(age, age)));
}

// Looking takes 44 operations of a vector a block, whose steps take 96 to 168. So it is left off for a while where it saved
// less than a quarter of the blocks.
class CycleSearch {
  public:
    explicit CycleSearch(std::uint64_t lanes) : lanes_(lanes) {}

    [[nodiscard]] bool is_on() const noexcept { return is_on_; }
    // So many blocks need not be done.
    void saved(std::int64_t blocks) noexcept { saved_ += static_cast<std::uint64_t>(blocks); }
    // After each block. True if the search begins anew.
    [[nodiscard]] bool begins_after_block() noexcept {
        if (--blocks_to_go_ != 0) return false;
        const bool was_on = is_on_;
        is_on_ = !was_on || saved_ >= blocks_of_trial * lanes_ / 4;
        blocks_to_go_ = is_on_ ? blocks_of_trial : blocks_without;
        saved_ = 0;
        return is_on_ && !was_on;
    }

  private:
    static constexpr std::uint64_t blocks_of_trial = 256;
    static constexpr std::uint64_t blocks_without = 16 * blocks_of_trial;

    std::uint64_t lanes_;
    bool is_on_ = true;
    std::uint64_t blocks_to_go_ = blocks_of_trial;
    std::uint64_t saved_ = 0;  // blocks of a lane, since the trial began
};

}  // namespace

}  // namespace cohort::julia

// Numbers drawn from a seed, for tests that try what nobody would think of: the same on every machine.
#pragma once

#include <cstdint>

namespace cohort::testing {

// splitmix64: as good as is needed.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t operator()() noexcept {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    // Below `count`, which is not 0.
    std::uint64_t below(std::uint64_t count) noexcept { return (*this)() % count; }
    bool one_in(std::uint64_t count) noexcept { return below(count) == 0; }

  private:
    std::uint64_t state_;
};

}  // namespace cohort::testing

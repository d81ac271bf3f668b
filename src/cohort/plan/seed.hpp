// Seeds, and seeds derived from them.
//
// A program has one seed, which its user chooses. Whatever in it needs numbers of its own, a call, a round, a
// part of a model, forks a seed of its own by number or by name. A fork depends on what it is called and
// never on when it is made, so results do not change when something else starts to use random numbers too.
#pragma once

#include <cstdint>
#include <string_view>

namespace cohort {

class Seed {
  public:
    explicit constexpr Seed(std::uint64_t value = 1) noexcept : value_(value) {}

    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

    // Local. The seed of the part with this number. Forks of one seed by different numbers are all different;
    // those of different seeds, or by name, coincide only by chance, one in 2^64. Forks of forks do not
    // commute.
    [[nodiscard]] constexpr Seed fork(std::uint64_t number) const noexcept {
        return Seed(mixed(mixed(value_ + by_number) ^ number));
    }
    // Local. The seed of the part with this name.
    [[nodiscard]] constexpr Seed fork(std::string_view name) const noexcept {
        return Seed(mixed(mixed(value_ + by_name) ^ hash(name)));
    }

    friend constexpr bool operator==(const Seed&, const Seed&) = default;

  private:
    static constexpr std::uint64_t by_number = 0x9E3779B97F4A7C15;  // odd, from the golden ratio
    static constexpr std::uint64_t by_name = 0xD1B54A32D192ED03;    // odd, from the root of x^4 = x + 1

    // A bijection in which every bit of the argument reaches every bit of the result: the finaliser of
    // SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014),
    // variant 13 of Stafford.
    static constexpr std::uint64_t mixed(std::uint64_t bits) noexcept {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    // FNV-1a (Fowler, Noll, Vo), 64 bits.
    static constexpr std::uint64_t hash(std::string_view text) noexcept {
        std::uint64_t hash = 0xCBF29CE484222325;
        for (const char character : text) {
            hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001B3;
        }
        return hash;
    }

    std::uint64_t value_;
};

}  // namespace cohort

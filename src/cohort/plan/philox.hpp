// Philox4x32-10: 128 random bits as a pure function of a 128-bit counter and a 64-bit key.
//
// A generator with a state has to be run through to reach its millionth number, and gives different numbers
// to whoever asks in a different order. A counter-based one is computed wherever and whenever it is wanted,
// which is what makes random results the same on any number of ranks. Philox passes TestU01's BigCrush and is
// the variant of it that most libraries have, so its numbers can be checked elsewhere.
//
// Source: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, SC'11. Equal to
// Random123's philox4x32 with 10 rounds.
#pragma once

#include <array>
#include <cstdint>

namespace cohort {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

namespace philox {
inline constexpr int rounds = 10;
inline constexpr std::array<std::uint32_t, 2> multipliers = {0xD2511F53, 0xCD9E8D57};
inline constexpr PhiloxKey key_steps = {0x9E3779B9, 0xBB67AE85};  // golden ratio, sqrt(3) - 1
}  // namespace philox

// Local. Ten rounds: 20 multiplications to 64 bits, 40 exclusive ors, 20 additions.
[[nodiscard]] constexpr PhiloxCounter philox4x32_10(PhiloxCounter counter, PhiloxKey key) noexcept {
    for (int round = 0; round < philox::rounds; ++round) {
        const std::uint64_t even = std::uint64_t{philox::multipliers[0]} * counter[0];
        const std::uint64_t odd = std::uint64_t{philox::multipliers[1]} * counter[2];
        counter = {
            static_cast<std::uint32_t>(odd >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(odd),
            static_cast<std::uint32_t>(even >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(even)};
        key = {key[0] + philox::key_steps[0], key[1] + philox::key_steps[1]};
    }
    return counter;
}

}  // namespace cohort

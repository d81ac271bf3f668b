#include <pi/mwc52.hpp>

#include <cohort/plan/random.hpp>

#include <array>

namespace cohort::pi::mwc52 {

namespace {

constexpr std::uint16_t purpose = 52;

// Indices are split into digits of four bits, and over each digit there is a jump.
constexpr int digit_bits = 4;
constexpr std::size_t digits = 64 / digit_bits;
constexpr std::size_t values = std::size_t{1} << digit_bits;
using Jumps = std::array<std::array<State, values>, digits>;

constexpr Jumps all_jumps() noexcept {
    constexpr State none = times_base({0, 0, 1});  // b^3
    State unit = {0, 1, 0};                        // b, which is b^-2 b^3
    Jumps jumps{};
    for (auto& of_digit : jumps) {
        State jump = none;
        for (State& over : of_digit) {
            over = jump;
            jump = multiply(jump, unit);
        }
        unit = jump;
    }
    return jumps;
}

}  // namespace

State start(Seed seed) noexcept {
    Random random(seed, purpose, 0);
    const std::uint64_t word = random() >> (64 - bits);
    const std::uint64_t next = random() >> (64 - bits);
    return {word, next, 1 + random.below(multiplier - 2)};
}

State jump(std::uint64_t darts) noexcept {
    static constexpr Jumps jumps = all_jumps();
    State over = jumps[0][darts % values];
    for (std::size_t digit = 1; (darts >>= digit_bits) != 0; ++digit) {
        if (darts % values != 0) over = multiply(over, jumps[digit][darts % values]);
    }
    return over;
}

}  // namespace cohort::pi::mwc52

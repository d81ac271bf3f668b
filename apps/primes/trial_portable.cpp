// Trial division without intrinsics: vectors of four integers, which the compiler takes apart where there are none.

#include <primes/trial_kernel.hpp>

#include <array>

namespace cohort::primes::trial {

namespace {

template <typename Number, typename Operation>
std::array<Number, residues_of_turn> each(Operation&& operation) {
    std::array<Number, residues_of_turn> all;
    for (std::size_t i = 0; i < residues_of_turn; ++i) all[i] = operation(i);
    return all;
}

struct EightReals {
    std::array<double, residues_of_turn> numbers;

    static EightReals all(double number) {
        return {each<double>([&](std::size_t) { return number; })};
    }
    static EightReals candidates(std::uint64_t base) {
        return {each<double>([&](std::size_t i) { return static_cast<double>(base + residues[i]); })};
    }
    // Integers instead of a fused multiply-add, which not every processor has.
    static EightReals fraction(const Dividend& n, std::uint64_t base, const EightReals& /*divisor*/,
                               const EightReals& reciprocal) {
        return {each<double>([&](std::size_t i) {
            const double quotient = n.rounded * reciprocal.numbers[i];
            const auto whole = static_cast<std::uint64_t>(static_cast<std::int64_t>(quotient));
            const auto remainder = static_cast<std::int64_t>(n.whole - whole * (base + residues[i]));
            return static_cast<double>(remainder) * reciprocal.numbers[i];
        })};
    }
    void store_low_halves(std::uint32_t* to) const {
        for (std::size_t i = 0; i < residues_of_turn; ++i) {
            to[i] = static_cast<std::uint32_t>(__builtin_bit_cast(std::uint64_t, numbers[i]));
        }
    }

    friend EightReals operator+(const EightReals& a, const EightReals& b) {
        return {each<double>([&](std::size_t i) { return a.numbers[i] + b.numbers[i]; })};
    }
    friend EightReals operator-(const EightReals& a, const EightReals& b) {
        return {each<double>([&](std::size_t i) { return a.numbers[i] - b.numbers[i]; })};
    }
    friend EightReals operator*(const EightReals& a, const EightReals& b) {
        return {each<double>([&](std::size_t i) { return a.numbers[i] * b.numbers[i]; })};
    }
    friend EightReals operator/(const EightReals& a, const EightReals& b) {
        return {each<double>([&](std::size_t i) { return a.numbers[i] / b.numbers[i]; })};
    }
};

// Four integers that the compiler keeps in a vector, where there are any.
using Four = std::int32_t __attribute__((vector_size(16)));

// Half a turn of the circle further on, so that the window is where signed numbers begin: those are what the oldest
// vectors can compare.
struct EightLanes {
    using Reals = EightReals;
    static constexpr std::size_t count = residues_of_turn;
    static constexpr std::int32_t lowest = -0x7FFF'FFFF - 1;
    Four low;
    Four high;

    struct Seen {
        Four below = {};
        void note(const EightLanes& value) {
            below |= (value.low < end_of_window()) | (value.high < end_of_window());
        }
        [[nodiscard]] bool any() const { return (below[0] | below[1] | below[2] | below[3]) != 0; }
    };

    static EightLanes load(const std::uint32_t* from) {
        EightLanes loaded;
        __builtin_memcpy(&loaded, from, sizeof loaded);
        return loaded;
    }
    static EightLanes load_values(const std::uint32_t* from) {
        const EightLanes loaded = load(from);
        return {loaded.low ^ lowest, loaded.high ^ lowest};
    }
    [[nodiscard]] std::uint32_t mask_below_window() const {
        std::uint32_t mask = 0;
        for (int i = 0; i < 4; ++i) {
            mask |= std::uint32_t{low[i] < end_of_window()} << i | std::uint32_t{high[i] < end_of_window()}
                                                                       << (i + 4);
        }
        return mask;
    }
    friend EightLanes operator+(const EightLanes& a, const EightLanes& b) {
        return {sum(a.low, b.low), sum(a.high, b.high)};
    }

  private:
    static constexpr std::int32_t end_of_window() { return lowest + static_cast<std::int32_t>(window); }
    // Unsigned, as it may go around.
    static Four sum(Four a, Four b) {
        using Unsigned = std::uint32_t __attribute__((vector_size(16)));
        return reinterpret_cast<Four>(reinterpret_cast<Unsigned>(a) + reinterpret_cast<Unsigned>(b));
    }
};

}  // namespace

const Kernel portable = search_with<EightLanes>;

}  // namespace cohort::primes::trial

// MWC52 darts without vectors, and how a range of darts is laid out over the lanes of a kernel.
//
// Each lane takes a run of its own, so the darts are the same however many lanes there are. To begin a grain of 2^18
// darts takes a multiplication modulo p for each lane, about 50 cycles, by factors that are known; other ranges take a
// few for each.

#include <pi/generators.hpp>
#include <pi/mwc52.hpp>
#include <pi/mwc52_kernel.hpp>

#include <algorithm>
#include <array>

namespace cohort::pi {

namespace mwc52 {

namespace {

// One lane: 4 multiplications to 128 bits and 12 other operations a dart. Words are kept 12 bits up, where the upper
// half of a product begins after 52 bits of the factor.
class Stream {
  public:
    static constexpr std::size_t lanes = 1;
    static constexpr std::uint64_t capacity = std::uint64_t{1} << 32;
    using Tally = std::uint64_t;

    Stream() = default;
    Stream(const Lanes& states, std::size_t first)
        : Stream(State{states.word[first], states.next[first], states.carry[first]}) {}
    explicit Stream(const State& state)
        : word_(state.word << unused), next_(state.next << unused), carry_(state.carry) {}

    void take(Tally& tally) {
        tally += (square(word_) + square(next_)) >> bits;
        step(word_);
        step(next_);
    }
    static std::uint64_t outside(Tally tally, std::uint64_t /*turns*/) { return tally; }

    [[nodiscard]] State state() const { return {word_ >> unused, next_ >> unused, carry_}; }

  private:
    static constexpr int unused = 64 - bits;

    static std::uint64_t square(std::uint64_t word) {
        return static_cast<std::uint64_t>(Wide{word} * (word >> unused) >> 64);
    }
    void step(std::uint64_t& word) {
        const Wide sum = Wide{multiplier} * word + (carry_ << unused);
        word = static_cast<std::uint64_t>(sum);
        carry_ = static_cast<std::uint64_t>(sum >> 64);
    }

    std::uint64_t word_ = 0;
    std::uint64_t next_ = 0;
    std::uint64_t carry_ = 0;
};

constexpr Kernel portable = {count_inside<Stream, 2>, 2};

}  // namespace

const Kernel& kernel_for([[maybe_unused]] Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return avx512;
    if (isa == Isa::avx2) return avx2;
#endif
    return portable;
}

namespace {

// Throws so many darts from `state` on and leaves it after them.
std::uint64_t count_one_by_one(State& state, std::uint64_t darts) noexcept {
    Stream stream(state);
    Stream::Tally outside = 0;
    for (std::uint64_t i = 0; i < darts; ++i) stream.take(outside);
    state = stream.state();
    return darts - outside;
}

void put(const State& state, Lanes& lanes, std::uint64_t lane) noexcept {
    lanes.word[lane] = state.word;
    lanes.next[lane] = state.next;
    lanes.carry[lane] = state.carry;
}

// Darts that all lanes of a kernel throw before they are placed anew; a grain.
constexpr std::uint64_t darts_at_once = std::uint64_t{1} << 18;
// Fewer of each lane are not worth placing it.
constexpr std::uint64_t fewest_of_each = 16;

// Over 0, 1, 2, ... times `darts_of_each`, as many as there are lanes, and over all of them.
using Jumps = std::array<State, most_lanes + 1>;

Jumps jumps_over(std::uint64_t darts_of_each, std::uint64_t lanes) noexcept {
    Jumps jumps;
    for (std::uint64_t lane = 0; lane <= lanes; ++lane) jumps[lane] = jump(lane * darts_of_each);
    return jumps;
}

Jumps full_jumps(Isa isa) noexcept {
    const std::uint64_t lanes = kernel_for(isa).lanes;
    return jumps_over(darts_at_once / lanes, lanes);
}

}  // namespace

}  // namespace mwc52

std::uint64_t count_inside_mwc52(Range darts, Seed seed, Isa isa) {
    using namespace mwc52;
    const Kernel& kernel = kernel_for(isa);
    State state = multiply(start(seed), jump(darts.first));
    std::uint64_t inside = 0;
    const std::uint64_t full = darts_at_once / kernel.lanes;
    static const std::array<Jumps, 3> over_full = {full_jumps(Isa::portable), full_jumps(Isa::avx2),
                                                   full_jumps(Isa::avx512)};
    Jumps over_less;
    while (darts.count >= kernel.lanes * fewest_of_each) {
        const std::uint64_t of_each = std::min(darts.count / kernel.lanes, full);
        if (of_each < full) over_less = jumps_over(of_each, kernel.lanes);
        const Jumps& jumps = of_each < full ? over_less : over_full[static_cast<std::size_t>(isa)];
        Lanes lanes;
        for (std::uint64_t lane = 0; lane < kernel.lanes; ++lane) {
            put(multiply(state, jumps[lane]), lanes, lane);
        }
        inside += kernel.count_inside(lanes, of_each);
        state = multiply(state, jumps[kernel.lanes]);
        darts.count -= kernel.lanes * of_each;
    }
    return inside + count_one_by_one(state, darts.count);
}

}  // namespace cohort::pi

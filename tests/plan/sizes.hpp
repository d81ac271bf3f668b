// Random sizes for the property tests of the plan.
//
// What breaks partitions and schedules are small counts, counts near one another, powers of two and the top
// of 64 bits, so the generator draws from all of these rather than evenly. A failing case prints all that is
// needed to repeat it.
#pragma once

#include <cohort/plan/random.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <ostream>
#include <vector>

namespace cohort::test {

inline constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

struct Sizes {
    std::uint64_t items = 0;
    std::uint64_t grain = 1;
    std::uint64_t ranks = 1;
    std::uint64_t minimum = 1;

    friend std::ostream& operator<<(std::ostream& out, const Sizes& sizes) {
        return out << "items " << sizes.items << ", grain " << sizes.grain << ", ranks " << sizes.ranks
                   << ", minimum " << sizes.minimum;
    }
};

// A number of any magnitude up to `bits` bits; often at, just below or just above a power of two.
inline std::uint64_t any_magnitude(Random& random, unsigned bits = 64) {
    const auto magnitude = static_cast<unsigned>(random.below(bits + 1));
    const std::uint64_t top = magnitude == 0 ? 0 : most >> (64 - magnitude);
    switch (random.below(4)) {
        case 0: return top;
        case 1: return top - std::min(top, random.below(4));
        case 2: return top / 2 + std::min(top - top / 2, random.below(4));
        default: return top == most ? random() : random.below(top + 1);
    }
}

inline std::vector<Sizes> random_sizes(std::size_t count, std::uint64_t seed) {
    std::vector<Sizes> all;
    for (std::size_t i = 0; i < count; ++i) {
        Random random(Seed(seed), 0, i);
        const unsigned bits = i % 2 == 0 ? 64 : 10;
        Sizes sizes;
        sizes.items = any_magnitude(random, bits);
        sizes.grain = any_magnitude(random, i % 4 < 2 ? 4 : bits);
        sizes.ranks = std::max<std::uint64_t>(1, any_magnitude(random, i % 3 == 0 ? 20 : 6));
        sizes.minimum = any_magnitude(random, i % 5 == 0 ? bits : 4);
        all.push_back(sizes);
    }
    return all;
}

}  // namespace cohort::test

// How the ranks learn where their primes go in a file.
//
// A rank that sieves a piece of a range must know how many primes there are before it. To sieve twice, once to count,
// would take nearly twice as long. But up to 10^15 or so all primes below a piece are counted in the time that it takes
// to sieve some 10^9 numbers (combinatorial.hpp), so long ranges need not be sieved for that. And as long as each rank can
// keep the primes of one piece in memory, a byte each, they wait there until all have been counted.
#pragma once

#include <cohort/plan/grains.hpp>
#include <cohort/plan/index.hpp>

#include <cstdint>

namespace cohort::primes {

enum class Placing {
    by_combinatorics,  // the primes below each piece are counted without sieving
    by_keeping,        // one piece to a rank, whose primes are kept until all are counted
    by_sieving,        // sieves twice
};

struct ListPlan {
    Placing placing = Placing::by_keeping;
    Grains pieces;  // of the range
};

// Local. A pure function. `memory` is how many bytes a rank may keep.
[[nodiscard]] ListPlan plan_list(Range numbers, int ranks, std::uint64_t memory);

}  // namespace cohort::primes

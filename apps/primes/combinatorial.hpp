// How many primes a range has, without looking at all its numbers.
//
// The primes up to x can be counted in about x^(2/3) steps, by Meissel's formula and what Lagarias, Miller, Odlyzko,
// Deleglise, Rivat and Gourdon made of it; primecount does that. So a long range is counted by counting up to both its
// ends. One process does it, on threads: the ranks of other nodes cannot help, and those of its own lend their cores.
#pragma once

#include <cohort/plan/index.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace cohort::primes {

enum class Method { sieve, combinatorial };

// "sieve" or "combinatorial".
[[nodiscard]] std::string_view name(Method method) noexcept;

// Local. What counts the range sooner, by the estimates of estimates.hpp: all ranks that sieve, or as many threads as
// one node has ranks.
[[nodiscard]] Method faster_method(Range numbers, int ranks, int node_ranks) noexcept;

// Local. How many threads are worth starting, of `threads` that may run.
[[nodiscard]] int threads_worth(Range numbers, int threads) noexcept;

// Local. How many primes the range has; it may end at 2^64. O(end^(2/3) / log(end)^2) steps. Memory grows with the
// cube root of the end: 15 MB at 10^16.
[[nodiscard]] std::uint64_t count_combinatorially(Range numbers, int threads);

// The cores that this thread may run on.
[[nodiscard]] std::vector<int> own_cores();

// Lets this thread, and those it starts, run on `cores` too while it lives. A launcher often binds a rank to one core;
// while one rank of a node works and the others wait, the cores of all are its to use. Where the system refuses, or there
// are none, all stays as it is.
class WiderCores {
  public:
    explicit WiderCores(const std::vector<int>& cores);
    ~WiderCores();
    WiderCores(const WiderCores&) = delete;
    WiderCores& operator=(const WiderCores&) = delete;

  private:
    std::vector<int> before_;
};

}  // namespace cohort::primes

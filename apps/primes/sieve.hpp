// The primes of a range, counted and listed by one thread.
//
// Long ranges are sieved by primesieve. A sieve must first find the primes up to the square root of the
// range's end and where each of them strikes first, which takes seconds near 2^64 however short the range is, so
// short ranges far up are tested number by number instead. For the same reason pieces grow with that root.
//
// Ranges may end at 2^64.
#pragma once

#include <cohort/plan/grains.hpp>
#include <cohort/plan/index.hpp>

#include <primesieve.hpp>

#include <optional>
#include <span>

namespace cohort::primes {

inline constexpr std::uint64_t largest_prime = 18'446'744'073'709'551'557U;  // below 2^64

// Local. The range in pieces for count_primes, of equal size and so of nearly equal cost. Where the range allows it
// they are as long as 33 starts of the sieve, so that starting takes less than 3 % of the time, and `most` to a
// rank; else as many to each rank, at least one, as keep that length. So they depend on the ranks, as grains never do:
// integers add up to the same however a range is cut.
[[nodiscard]] Grains counting_pieces(Range numbers, int ranks, std::uint64_t most = 64) noexcept;

// Local. How many primes the range has. O(sqrt(end) + count) steps, and memory for the primes up to
// sqrt(end) that strike in the range: 8 bytes each, which at 10^18 is 60 MB for 10^8 numbers, 230 MB for 10^9
// and 390 MB at most.
[[nodiscard]] std::uint64_t count_primes(Range numbers);

// The primes of ranges that are cut from a larger one, in ascending order, in blocks. A range that follows
// the last one is continued, without starting the sieve anew.
class PrimeStream {
  public:
    // Local. `whole` is what the ranges are cut from.
    explicit PrimeStream(Range whole) noexcept;

    // Local. Turns to the primes of `numbers`.
    void turn_to(Range numbers);

    // Local. Fills `block` with the next primes of the range; returns how many there were, 0 at its end.
    [[nodiscard]] std::size_t read(std::span<std::uint64_t> block);

  private:
    void step();

    Range whole_;
    bool is_sieved_;
    primesieve::iterator sieve_;
    Range range_;                         // what is read
    std::optional<std::uint64_t> ahead_;  // the first prime not yet given, if there is one below 2^64
    bool is_started_ = false;
};

// Local. The nth prime, by walking from `from`, below which there are `below` primes. O(sqrt(p) + |p - from|)
// steps; `n` and `from` are at least 1.
[[nodiscard]] std::uint64_t nth_prime_near(std::uint64_t n, Index from, std::uint64_t below);

}  // namespace cohort::primes

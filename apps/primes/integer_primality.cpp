// Which library decides about a number above 64 bits, by measured crossings.
#include <primes/engines.hpp>

#include <flint/ulong_extras.h>

namespace cohort::primes {

namespace {

std::size_t bits(const Integer& n) noexcept { return mpz_sizeinbase(n.get_mpz_t(), 2); }

// Up to 81 bits FLINT proves by strong tests to known bases (Sorenson and Webster: below 3317044064679887385961981) in 30 us,
// where PARI takes 1 ms; at 96 they take 2.8 and 3.4 ms, at 112 4 each, at 160 18 and 8, at 333 102 and 84.
constexpr std::size_t proved_by_flint = 112;

// Up to here GMP's BPSW takes 12 to 37 us of a prime, FLINT's 28 to 40 us; where most numbers are composite FLINT is faster
// from 300 bits on.
constexpr std::size_t tested_by_gmp = 128;
constexpr int bpsw_alone = 24;  // what GMP calls its repetitions counts this many for BPSW

}  // namespace

bool is_prime(std::uint64_t n) { return n_is_prime(n) != 0; }  // BPSW, which no composite below 2^64 passes

bool is_prime(const Integer& n) {
    if (n < 2) return false;
    if (bits(n) <= 64) return is_prime(std::uint64_t{n.get_ui()});
    const Engine* const engine = bits(n) > proved_by_flint ? pari() : nullptr;
    return (engine != nullptr ? *engine : flint()).is_prime(n);
}

bool may_be_prime(const Integer& n) {
    if (n < 2) return false;
    if (bits(n) <= 64) return is_prime(std::uint64_t{n.get_ui()});
    if (bits(n) <= tested_by_gmp) return mpz_probab_prime_p(n.get_mpz_t(), bpsw_alone) != 0;
    return passes_bpsw(n);
}

}  // namespace cohort::primes

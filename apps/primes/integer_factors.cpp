// Factoring: what is easy is taken out here, in the order of what it costs; the rest is left to a library's quadratic sieve.
#include <cohort/plan/error.hpp>
#include <common/isa.hpp>
#include <primes/engines.hpp>
#include <primes/factor64.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace cohort::primes {

namespace {

std::size_t bits(const Integer& n) noexcept { return mpz_sizeinbase(n.get_mpz_t(), 2); }

// PARI's quadratic sieve is 9 times as fast as FLINT's at 96 bits, 3 times at 128, 1.2 times at 176; FLINT's is from 192 on.
constexpr std::size_t sieved_by_pari = 184;

// The root of n and its largest exponent.
std::pair<Integer, std::uint32_t> root_of(const Integer& n) {
    if (mpz_perfect_power_p(n.get_mpz_t()) == 0) return {n, 1};
    for (auto exponent = static_cast<std::uint32_t>(bits(n)); exponent > 1; --exponent) {
        Integer root;
        if (mpz_root(root.get_mpz_t(), n.get_mpz_t(), exponent) != 0) return {root, exponent};
    }
    return {n, 1};
}

// The primes that have been found of a number, and how often.
class Splitting {
  public:
    // n is above 1.
    explicit Splitting(Integer n) { split(divide_out_small(std::move(n)), 1); }

    [[nodiscard]] Powers take() const { return {primes_.begin(), primes_.end()}; }

  private:
    Integer divide_out_small(Integer n) {
        const auto try_one = [&](unsigned long d) {
            while (mpz_divisible_ui_p(n.get_mpz_t(), d) != 0) {
                mpz_divexact_ui(n.get_mpz_t(), n.get_mpz_t(), d);
                ++primes_[d];
            }
        };
        if (const mp_bitcnt_t twos = mpz_scan1(n.get_mpz_t(), 0); twos > 0) {
            mpz_tdiv_q_2exp(n.get_mpz_t(), n.get_mpz_t(), twos);
            primes_[2] += static_cast<std::uint32_t>(twos);
        }
        constexpr unsigned long end = 1000;
        for (unsigned long d = 3; d < end; d += 2) try_one(d);  // only primes divide what is left
        return n;
    }
    void split(const Integer& n, std::uint32_t times) {
        if (n == 1) return;
        if (bits(n) <= 64) {
            const std::uint64_t word = n.get_ui();
            const auto found = factors_64({&word, 1}, chosen_isa());
            for (const auto& [prime, exponent] : found.front()) {
                primes_[prime] += exponent * times;
            }
        } else if (may_be_prime(n)) {
            primes_[n] += times;
        } else if (const auto [root, exponent] = root_of(n); exponent > 1) {
            split(root, exponent * times);
        } else {
            sieve(n, times);
        }
    }
    void sieve(const Integer& n, std::uint32_t times) {
        const Engine* const engine = bits(n) <= sieved_by_pari ? pari() : nullptr;
        for (const auto& [prime, exponent] : (engine != nullptr ? *engine : flint()).factors(n)) {
            primes_[prime] += exponent * times;
        }
    }

    std::map<Integer, std::uint32_t> primes_;
};

// Sieves are intricate, so what they find is not taken on trust.
void check(const Integer& n, const Powers& powers) {
    Integer product = 1;
    for (const auto& [prime, exponent] : powers) {
        Integer power;
        mpz_pow_ui(power.get_mpz_t(), prime.get_mpz_t(), exponent);
        product *= power;
        if (!is_prime(prime)) {
            throw Fault(fmt::format("{} was found as a prime factor of {}, and is not prime", prime.get_str(),
                                    n.get_str()));
        }
    }
    if (product != n) throw Fault(fmt::format("the factors found of {} give another number", n.get_str()));
}

}  // namespace

std::vector<PrimePower> factors(const Integer& n) {
    if (n < 2) return {};
    const Powers powers = Splitting(n).take();
    check(n, powers);
    std::vector<PrimePower> result;
    result.reserve(powers.size());
    for (const auto& [prime, exponent] : powers) result.emplace_back(prime.get_str(), exponent);
    return result;
}

}  // namespace cohort::primes

#include <cohort/app/numbers.hpp>
#include <cohort/plan/error.hpp>
#include <primes/integers.hpp>

#include <flint/flint.h>
#include <flint/fmpz.h>
#include <flint/fmpz_factor.h>
#include <flint/ulong_extras.h>
#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace cohort::primes {

namespace {

static_assert(FLINT_BITS == 64, "cohort-primes wants a FLINT for 64-bit machines");

// FLINT's integers, freed.
class Big {
  public:
    explicit Big(const Integer& n) {
        fmpz_init(value_);
        fmpz_set_mpz(value_, n.get_mpz_t());
    }
    ~Big() { fmpz_clear(value_); }
    Big(const Big&) = delete;
    Big& operator=(const Big&) = delete;

    [[nodiscard]] const fmpz* get() const noexcept { return value_; }

  private:
    fmpz_t value_{};
};

class Factorization {
  public:
    explicit Factorization(const Big& n) {
        fmpz_factor_init(factors_);
        fmpz_factor(factors_, n.get());
    }
    ~Factorization() { fmpz_factor_clear(factors_); }
    Factorization(const Factorization&) = delete;
    Factorization& operator=(const Factorization&) = delete;

    // In ascending order.
    [[nodiscard]] std::vector<std::pair<Integer, std::uint32_t>> take() const {
        std::vector<std::pair<Integer, std::uint32_t>> powers;
        powers.reserve(static_cast<std::size_t>(factors_->num));
        for (slong i = 0; i < factors_->num; ++i) {
            Integer prime;
            fmpz_get_mpz(prime.get_mpz_t(), factors_->p + i);
            powers.emplace_back(std::move(prime), static_cast<std::uint32_t>(factors_->exp[i]));
        }
        std::sort(powers.begin(), powers.end());
        return powers;
    }

  private:
    fmpz_factor_t factors_{};
};

Integer power(const Integer& base, std::uint64_t exponent) {
    Integer result;
    mpz_pow_ui(result.get_mpz_t(), base.get_mpz_t(), exponent);
    return result;
}

bool fits_64(const Integer& n) noexcept { return mpz_sizeinbase(n.get_mpz_t(), 2) <= 64; }

std::vector<PrimePower> factors_64(std::uint64_t n) {
    n_factor_t found;
    n_factor_init(&found);
    n_factor(&found, n, 1);
    std::vector<std::pair<std::uint64_t, std::uint32_t>> powers;
    for (int i = 0; i < found.num; ++i) {
        powers.emplace_back(found.p[i], static_cast<std::uint32_t>(found.exp[i]));
    }
    std::sort(powers.begin(), powers.end());
    std::vector<PrimePower> result;
    result.reserve(powers.size());
    for (const auto& [prime, exponent] : powers) result.emplace_back(std::to_string(prime), exponent);
    return result;
}

// FLINT's ways to factor large numbers are intricate, so what they find is not taken on trust.
void check(const Integer& n, const std::vector<std::pair<Integer, std::uint32_t>>& powers) {
    Integer product = 1;
    for (const auto& [prime, exponent] : powers) {
        product *= power(prime, exponent);
        if (!is_prime(prime))
            throw Fault(fmt::format("FLINT says of {} that {} divides it and is prime, which is not so",
                                    n.get_str(), prime.get_str()));
    }
    if (product != n) throw Fault(fmt::format("FLINT's factors of {} give another number", n.get_str()));
}

}  // namespace

Integer parse_integer(std::string_view text, std::string_view where) {
    const auto parts = split_whole(text);
    if (!parts) {
        if (text.starts_with('-') && split_whole(text.substr(1))) {
            throw UsageError(fmt::format("{} is below zero", shown(text)), fmt::format("it is {}", where),
                             "write a number from 0 on");
        }
        throw UsageError(not_whole(text, where));
    }
    if (parts->most_bits() > most_bits) {
        throw UsageError(fmt::format("{} is too large", shown(text)),
                         fmt::format("it is {}, and has more than {} binary digits", where, most_bits),
                         fmt::format("write a number below 2^{}", most_bits));
    }
    Integer n = Integer(parts->coefficient) * power(Integer(parts->base), parts->exponent);
    const Integer offset(parts->offset);
    n += parts->minus ? Integer(-offset) : offset;
    if (n < 0) {
        throw UsageError(fmt::format("{} is below zero", shown(text)), fmt::format("it is {}", where),
                         "write a number from 0 on");
    }
    return n;
}

bool is_prime(std::uint64_t n) { return n_is_prime(n) != 0; }

bool is_prime(const Integer& n) {
    if (n < 2) return false;
    if (fits_64(n)) return is_prime(std::uint64_t{n.get_ui()});
    const int answer = fmpz_is_prime(Big(n).get());
    if (answer != 0 && answer != 1) {
        throw Fault(fmt::format("FLINT cannot decide whether {} is prime", n.get_str()));
    }
    return answer == 1;
}

bool may_be_prime(const Integer& n) {
    if (n < 2) return false;
    return fits_64(n) ? is_prime(std::uint64_t{n.get_ui()}) : fmpz_is_probabprime(Big(n).get()) != 0;
}

std::vector<PrimePower> factors(const Integer& n) {
    if (n < 2) return {};
    if (fits_64(n)) return factors_64(n.get_ui());
    const auto powers = Factorization(Big(n)).take();
    check(n, powers);
    std::vector<PrimePower> result;
    result.reserve(powers.size());
    for (const auto& [prime, exponent] : powers) result.emplace_back(prime.get_str(), exponent);
    return result;
}

}  // namespace cohort::primes

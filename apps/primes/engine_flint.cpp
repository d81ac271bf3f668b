#include <cohort/plan/error.hpp>
#include <primes/engines.hpp>
#include <primes/own_folder.hpp>

#include <flint/flint.h>
#include <flint/fmpz.h>
#include <flint/fmpz_factor.h>
#include <fmt/format.h>

namespace cohort::primes {

namespace {

static_assert(FLINT_BITS == 64, "cohort-primes wants a FLINT for 64-bit machines");

// FLINT keeps memory for every thread that used it, and gives it back only when told.
void clean_up_with_the_thread() {
    struct CleanUp {
        CleanUp() = default;
        CleanUp(const CleanUp&) = delete;
        CleanUp& operator=(const CleanUp&) = delete;
        ~CleanUp() { flint_cleanup(); }
    };
    static const thread_local CleanUp at_its_end;
}

// FLINT's integers, freed.
class Big {
  public:
    explicit Big(const Integer& n) {
        clean_up_with_the_thread();
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
        const OwnFolder folder;
        fmpz_factor_init(factors_);
        fmpz_factor(factors_, n.get());
    }
    ~Factorization() { fmpz_factor_clear(factors_); }
    Factorization(const Factorization&) = delete;
    Factorization& operator=(const Factorization&) = delete;

    [[nodiscard]] Powers take() const {
        Powers powers;
        powers.reserve(static_cast<std::size_t>(factors_->num));
        for (slong i = 0; i < factors_->num; ++i) {
            Integer prime;
            fmpz_get_mpz(prime.get_mpz_t(), factors_->p + i);
            powers.emplace_back(std::move(prime), static_cast<std::uint32_t>(factors_->exp[i]));
        }
        return powers;
    }

  private:
    fmpz_factor_t factors_{};
};

bool proves(const Integer& n) {
    const int answer = fmpz_is_prime(Big(n).get());
    if (answer != 0 && answer != 1) {
        throw Fault(fmt::format("FLINT cannot decide whether {} is prime", n.get_str()));
    }
    return answer == 1;
}

Powers factors_of(const Integer& n) { return Factorization(Big(n)).take(); }

}  // namespace

const Engine& flint() {
    static constexpr Engine engine{"FLINT", proves, factors_of};
    return engine;
}

bool passes_bpsw(const Integer& n) { return fmpz_is_probabprime(Big(n).get()) != 0; }

}  // namespace cohort::primes

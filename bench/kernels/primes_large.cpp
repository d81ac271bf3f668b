// Numbers above 64 bits, on one core: products of two primes of one size factored, primes tested and proved.

#include "kernel.hpp"

#include <cohort/plan/random.hpp>
#include <primes/engines.hpp>
#include <primes/integers.hpp>

#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

using cohort::primes::Engine;
using cohort::primes::Integer;

// The two highest bits are set.
Integer prime_of(unsigned bits, cohort::Random& random) {
    Integer n = 0;
    for (unsigned got = 0; got < bits; got += 64) n = (n << 64) + Integer(random());
    n = (n & ((Integer(1) << bits) - 1)) | (Integer(3) << (bits - 2));
    mpz_nextprime(n.get_mpz_t(), n.get_mpz_t());
    return n;
}

std::vector<Integer> primes(unsigned bits) {
    cohort::Random random(cohort::Seed(65), 0, bits);
    std::vector<Integer> numbers;
    for (int i = 0; i < 8; ++i) numbers.push_back(prime_of(bits, random));
    return numbers;
}

// As many as take about a second.
std::vector<Integer> semiprimes(unsigned bits) {
    cohort::Random random(cohort::Seed(65), 1, bits);
    std::vector<Integer> numbers;
    for (int i = 0; i < (bits < 120 ? 16 : bits < 150 ? 4 : 1); ++i) {
        Integer p = prime_of(bits / 2, random);
        numbers.push_back(p * prime_of(bits - bits / 2, random));
    }
    return numbers;
}

template <typename Work>
void measure(const std::vector<Integer>& numbers, const Work& work) {
    bench::print(bench::speed(static_cast<double>(numbers.size()), [&] {
        for (const Integer& n : numbers) bench::keep(work(n));
    }));
}

const Engine& pari_here() {
    const Engine* const engine = cohort::primes::pari();
    if (engine != nullptr) return *engine;
    std::fputs("bench: built without PARI\n", stderr);
    std::exit(2);
}

double seconds_of_children() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

// As a program, its start included: that takes a millisecond, of all numbers together.
template <unsigned bits>
void factor_by_gnu(cohort::Isa /*isa*/) {
    std::string command = "factor";
    const auto numbers = semiprimes(bits);
    for (const Integer& n : numbers) command += " " + n.get_str();
    command += " > /dev/null";
    const double start = seconds_of_children();
    if (std::system(command.c_str()) != 0) std::exit(2);
    bench::print(static_cast<double>(numbers.size()) / (seconds_of_children() - start));
}

template <unsigned bits>
void add_factoring(bench::Contestants& all) {
    const std::string size = std::to_string(bits);
    all["factor-" + size] = [](cohort::Isa) { measure(semiprimes(bits), cohort::primes::factors); };
    all["flint-factor-" + size] = [](cohort::Isa) {
        measure(semiprimes(bits), cohort::primes::flint().factors);
    };
    all["pari-factor-" + size] = [](cohort::Isa) { measure(semiprimes(bits), pari_here().factors); };
    all["gnu-factor-" + size] = factor_by_gnu<bits>;
}

template <unsigned bits>
void add_testing(bench::Contestants& all) {
    const std::string size = std::to_string(bits);
    all["test-" + size] = [](cohort::Isa) { measure(primes(bits), cohort::primes::may_be_prime); };
    all["flint-test-" + size] = [](cohort::Isa) { measure(primes(bits), cohort::primes::passes_bpsw); };
    all["gmp-test-" + size] = [](cohort::Isa) {
        measure(primes(bits), [](const Integer& n) { return mpz_probab_prime_p(n.get_mpz_t(), 24); });
    };
    all["prove-" + size] = [](cohort::Isa) {
        measure(primes(bits), [](const Integer& n) { return cohort::primes::is_prime(n); });
    };
    all["flint-prove-" + size] = [](cohort::Isa) { measure(primes(bits), cohort::primes::flint().is_prime); };
    all["pari-prove-" + size] = [](cohort::Isa) { measure(primes(bits), pari_here().is_prime); };
}

}  // namespace

int main(int argc, char** argv) {
    bench::Contestants all;
    add_factoring<80>(all);
    add_factoring<96>(all);
    add_factoring<112>(all);
    add_factoring<128>(all);
    add_factoring<160>(all);
    add_testing<66>(all);
    add_testing<96>(all);
    add_testing<333>(all);
    return bench::run_contestant(all, argc, argv);
}

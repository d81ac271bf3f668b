// 64-bit numbers tested for primality, and products of two primes of 32 bits factored: on one core, and a list of them by a
// whole command on two.

#include "command.hpp"
#include "kernel.hpp"

#include <cohort/plan/random.hpp>
#include <flint/flint.h>
#include <flint/ulong_extras.h>
#include <primes/factor64.hpp>
#include <primes/prime64.hpp>

#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace {

using Numbers = std::vector<std::uint64_t>;

constexpr std::size_t tested = 4096;
constexpr std::size_t factored = 256;

std::uint64_t next_prime(std::uint64_t n) {
    for (n |= 1; n_is_prime(n) == 0;) n += 2;
    return n;
}

// Odd, from 2^63 on.
Numbers odd_numbers() {
    Numbers numbers;
    for (std::uint64_t i = 0; i < tested; ++i) {
        cohort::Random random(cohort::Seed(64), 0, i);
        numbers.push_back(random() | 1 | std::uint64_t{1} << 63);
    }
    return numbers;
}

Numbers primes() {
    Numbers numbers = odd_numbers();
    for (std::uint64_t& n : numbers) n = next_prime(n - n / 1024);  // so that there is one below 2^64
    return numbers;
}

// Both primes are above 2^31.5.
Numbers semiprimes(std::uint64_t count = factored) {
    Numbers numbers;
    for (std::uint64_t i = 0; i < count; ++i) {
        cohort::Random random(cohort::Seed(64), 1, i);
        const auto prime = [&] { return next_prime(3'100'000'000U + random.below(1'100'000'000U)); };
        const std::uint64_t p = prime();
        numbers.push_back(p * prime());
    }
    return numbers;
}

void test(cohort::Isa isa, const Numbers& numbers, double most = 0) {
    std::vector<std::uint8_t> prime(numbers.size());
    bench::print(bench::speed(static_cast<double>(numbers.size()),
                              [&] {
                                  cohort::primes::are_prime(numbers, prime, isa);
                                  bench::keep(prime.front());
                              }),
                 most);
}

// 64 multiplications of residues for the strong test and 128 for the Lucas test: three of words each, or, in eight lanes,
// 17 of limbs and 7 other operations.
void test_primes(cohort::Isa isa) {
    constexpr double residues = 64 + 128;
    const double most = isa == cohort::Isa::avx512 ? bench::limit(isa, {residues * 17 / 8, residues * 7 / 8})
                                                   : bench::limit(cohort::Isa::portable, {residues * 3, 0});
    test(isa, primes(), most);
}

void test_by_flint(const Numbers& numbers) {
    bench::print(bench::speed(static_cast<double>(numbers.size()), [&] {
        for (const std::uint64_t n : numbers) bench::keep(n_is_prime(n));
    }));
}

void factor(cohort::Isa isa) {
    const Numbers numbers = semiprimes();
    bench::print(bench::speed(factored, [&] { bench::keep(cohort::primes::factors_64(numbers, isa)); }));
}

void factor_by_flint(cohort::Isa /*isa*/) {
    const Numbers numbers = semiprimes();
    bench::print(bench::speed(factored, [&] {
        for (const std::uint64_t n : numbers) {
            n_factor_t found;
            n_factor_init(&found);
            n_factor(&found, n, 1);
            bench::keep(found.num);
        }
    }));
}

// A list in a file, which is the first argument of the command.
void factor_list(std::uint64_t count, const std::string& words) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("cohort-bench-{}.txt", ::getpid());
    {
        std::ofstream lines(file);
        for (const std::uint64_t n : semiprimes(count)) lines << n << '\n';
    }
    bench::command(static_cast<double>(count), words + file.string());
    std::filesystem::remove(file);
}

}  // namespace

int main(int argc, char** argv) {
    return bench::run_contestant(
        {{"test-odd", [](cohort::Isa isa) { test(isa, odd_numbers()); }},
         {"test-prime", test_primes},
         {"factor", factor},
         {"flint-test-odd", [](cohort::Isa /*isa*/) { test_by_flint(odd_numbers()); }},
         {"flint-test-prime", [](cohort::Isa /*isa*/) { test_by_flint(primes()); }},
         {"flint-factor", factor_by_flint},
         {"list",
          [](cohort::Isa /*isa*/) {
              factor_list(100'000, bench::primes_on_two_ranks() + "factor --input ");
          }},
         {"gnu-list", [](cohort::Isa /*isa*/) { factor_list(2'000, "factor < "); }}},
        argc, argv);
}

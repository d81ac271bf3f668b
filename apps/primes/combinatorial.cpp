#include <primes/combinatorial.hpp>
#include <primes/estimates.hpp>

#include <dlfcn.h>
#include <primecount.hpp>
#include <sched.h>

#include <algorithm>
#include <limits>
#include <string>

namespace cohort::primes {

namespace {

void run_on(const std::vector<int>& cores) noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int core : cores) CPU_SET(static_cast<std::size_t>(core), &set);
    static_cast<void>(::sched_setaffinity(0, sizeof(set), &set));
}

// primecount takes no more threads than its OpenMP would by itself, which counted this process's cores as it was loaded.
void let_start(int threads) {
    void* const symbol = ::dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (symbol != nullptr) reinterpret_cast<void (*)(int)>(symbol)(threads);
    primecount::set_num_threads(threads);
}

// How many primes there are up to `x`.
std::uint64_t primes_to(std::uint64_t x) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (x <= most) return static_cast<std::uint64_t>(primecount::pi(static_cast<std::int64_t>(x)));
    return std::stoull(primecount::pi(std::to_string(x)));
}

}  // namespace

std::string_view name(Method method) noexcept { return method == Method::sieve ? "sieve" : "combinatorial"; }

Method faster_method(Range numbers, int ranks, int node_ranks) noexcept {
    const double sieving = seconds_to_sieve(numbers) / ranks;
    const double counting = seconds_to_count_combinatorially(numbers) / threads_worth(numbers, node_ranks);
    return sieving <= counting ? Method::sieve : Method::combinatorial;
}

int threads_worth(Range numbers, int threads) noexcept {
    constexpr double short_time = 0.05;
    return seconds_to_count_combinatorially(numbers) < short_time ? 1 : std::max(threads, 1);
}

std::uint64_t count_combinatorially(Range numbers, int threads) {
    if (numbers.empty()) return 0;
    let_start(threads);
    const std::uint64_t below = numbers.first == 0 ? 0 : primes_to(numbers.first - 1);
    return primes_to(numbers.first + (numbers.count - 1)) - below;
}

std::vector<int> own_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cores;
    if (::sched_getaffinity(0, sizeof(set), &set) != 0) return cores;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(static_cast<std::size_t>(core), &set)) cores.push_back(core);
    }
    return cores;
}

WiderCores::WiderCores(const std::vector<int>& cores) {
    if (cores.empty()) return;
    before_ = own_cores();
    run_on(cores);
}

WiderCores::~WiderCores() {
    if (!before_.empty()) run_on(before_);
}

}  // namespace cohort::primes

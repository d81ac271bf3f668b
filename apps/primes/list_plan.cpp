#include <primes/estimates.hpp>
#include <primes/list_plan.hpp>
#include <primes/sieve.hpp>

namespace cohort::primes {

ListPlan plan_list(Range numbers, int ranks, std::uint64_t memory) {
    if (numbers.empty()) return {.placing = Placing::by_keeping, .pieces = counting_pieces(numbers, ranks)};
    constexpr std::uint64_t many = 8;       // pieces to a rank: enough to even out what ranks take
    constexpr double little = 1.0 / 20;     // of the time of sieving
    constexpr double longest_kept = 1.125;  // bytes to a prime, with those that are kept whole
    const Grains pieces = counting_pieces(numbers, ranks, many);
    const Grains one_each = counting_pieces(numbers, ranks, 1);
    const double sieving = seconds_to_sieve(numbers);
    // Each piece is counted up to both its ends.
    const double counting = seconds_to_count_combinatorially({numbers.first + (numbers.count - 1), 0});
    if (counting * static_cast<double>(pieces.count()) < little * sieving) {
        return {Placing::by_combinatorics, pieces};
    }
    if (about_primes_in({numbers.first, one_each.size}) * longest_kept <= static_cast<double>(memory)) {
        return {Placing::by_keeping, one_each};
    }
    if (counting * static_cast<double>(one_each.count()) < sieving)
        return {Placing::by_combinatorics, one_each};
    return {Placing::by_sieving, pieces};
}

}  // namespace cohort::primes

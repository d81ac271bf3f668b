// Results as they come, in order or not: the Mersenne primes 2^p - 1 up to 2^61 - 1.
//
//     mpirun -n 4 streams
//
// The exponents are the root's and are shipped, the largest, which take longest, first. map_ordered hands results on in
// the order of the items as soon as all before them are there; map_unordered at once.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

// The test of Lucas and Lehmer: s = 4, then p - 2 times s^2 - 2; 2^p - 1 is prime if it divides the last.
bool is_mersenne_exponent(unsigned p) {
    const std::uint64_t mersenne = (std::uint64_t{1} << p) - 1;
    std::uint64_t s = p == 2 ? 0 : 4;
    for (unsigned i = 2; i < p; ++i) {
        s = static_cast<std::uint64_t>((cohort::Wide{s} * s + mersenne - 2) % mersenne);
    }
    return s == 0;
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [](cohort::Team& team) {
        std::vector<unsigned> exponents;
        if (team.is_root()) exponents = {61, 59, 53, 47, 43, 41, 37, 31, 29, 23, 19, 17, 13, 11, 7, 5, 3, 2};

        std::string found;
        cohort::map_ordered(team, exponents, is_mersenne_exponent, [&](cohort::Index i, bool is_prime) {
            if (is_prime) found += fmt::format(" {}", exponents[i]);
        });
        if (team.is_root()) fmt::print("in order:{}\n", found);

        int primes = 0;
        cohort::map_unordered(team, exponents, is_mersenne_exponent,
                              [&](bool is_prime) { primes += is_prime; });
        if (team.is_root()) fmt::print("as they come: {} of {}\n", primes, exponents.size());
    });
}

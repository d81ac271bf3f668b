// Statistical tests of the generators of darts, for where TestU01 and PractRand are not to be had; and the same outputs for
// where they are.
//
//     bench_battery mwc52 32      # 2^32 outputs of each view of mwc52; prints a line for each test
//     bench_battery mwc52 stdout upper | RNG_test stdin32      # outputs without end, as little-endian 32-bit integers
//
// A view is a sequence of 32-bit outputs made of a generator: its upper or lower bits, or many places or seeds in turn,
// as lanes and ranks use it. All tests run over the same outputs. A p-value is the
// probability of a statistic at least as large by chance: it should be anywhere between 0 and 1, and one within 1e-6 of
// either end is a failure. `lcg32`, which is known to be bad, is there to show that the tests find what they look for.
//
// Ends with 1 if a test failed.
// Source of the tests: Knuth, The Art of Computer Programming, volume 2, 3.3.2; Marsaglia's Diehard for the ranks of
// matrices and the spacings of birthdays.

#include <cohort/plan/philox.hpp>
#include <pi/mwc52.hpp>

#include <boost/math/special_functions/gamma.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

namespace {

namespace mwc52 = cohort::pi::mwc52;
using Counts = std::vector<std::uint64_t>;

constexpr double too_unlikely = 1e-6;
int failures = 0;

void report(std::string_view view, std::string_view test, double statistic, double freedom, double p) {
    const bool fails = p < too_unlikely || p > 1 - too_unlikely;
    failures += fails ? 1 : 0;
    fmt::print("{:22} {:34} chi2 {:14.2f}  of {:8.0f}  p {:.3g}{}\n", view, test, statistic, freedom, p,
               fails ? "  FAILS" : "");
    std::fflush(stdout);
}

// Pearson's test of counts against the probability of each class. Classes that are too rare are joined with the next.
template <typename Probability>
void chi_square(std::string_view view, std::string_view test, const Counts& counts,
                const Probability& probability) {
    double total = 0;
    for (const std::uint64_t count : counts) total += static_cast<double>(count);
    double statistic = 0;
    double classes = 0;
    double seen = 0;
    double expected = 0;
    double left = total;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        seen += static_cast<double>(counts[i]);
        expected += total * probability(i);
        const bool is_last = i + 1 == counts.size();
        if (!is_last && (expected < 10 || left - expected < 10)) continue;
        left -= expected;
        statistic += expected > 0 ? (seen - expected) * (seen - expected) / expected : 0;
        classes += 1;
        seen = expected = 0;
    }
    const double freedom = classes - 1;
    report(view, test, statistic, freedom, boost::math::gamma_q(freedom / 2, statistic / 2));
}

double binomial(int of, std::size_t k) {  // with probability 1/2
    const auto chosen = static_cast<double>(k);
    return std::exp(std::lgamma(of + 1.) - std::lgamma(chosen + 1) - std::lgamma(of - chosen + 1) -
                    of * std::log(2.));
}

// The classes of 32 binary choices that are common enough to be told apart: 8 or fewer, 9, ..., 23, 24 or more.
constexpr std::size_t weights = 17;
std::size_t weight_class(std::uint32_t bits) {
    return static_cast<std::size_t>(std::clamp(std::popcount(bits), 8, 24) - 8);
}
double probability_of_weight(std::size_t of_class) {
    if (of_class > 0 && of_class < weights - 1) return binomial(32, of_class + 8);
    double tail = 0;
    for (std::size_t k = 0; k <= 8; ++k) tail += binomial(32, k);
    return tail;
}

int rank_of(std::array<std::uint32_t, 32> rows) {
    int rank = 0;
    for (int column = 0; column < 32; ++column) {
        const auto has_bit = [column](std::uint32_t row) { return (row >> column & 1) != 0; };
        const auto pivot = std::find_if(rows.begin() + rank, rows.end(), has_bit);
        if (pivot == rows.end()) continue;
        std::iter_swap(pivot, rows.begin() + rank);
        for (auto row = rows.begin() + rank + 1; row != rows.end(); ++row)
            *row ^= has_bit(*row) ? rows[static_cast<std::size_t>(rank)] : 0;
        ++rank;
    }
    return rank;
}

// Of 4096 birthdays in a year of 2^32 days: how many of the spacings between neighbours are equal. Poisson, of mean 4.
std::uint64_t equal_spacings(std::vector<std::uint32_t>& birthdays) {
    std::sort(birthdays.begin(), birthdays.end());
    for (std::size_t i = birthdays.size() - 1; i > 0; --i) birthdays[i] -= birthdays[i - 1];
    std::sort(birthdays.begin() + 1, birthdays.end());
    std::uint64_t equal = 0;
    for (std::size_t i = 2; i < birthdays.size(); ++i) equal += birthdays[i] == birthdays[i - 1] ? 1U : 0U;
    return equal;
}

// Outputs of one view, through all tests. `next()` gives 32 bits.
template <typename Source>
void test(std::string_view view, int log2_outputs, Source next) {
    constexpr std::size_t at_once = 1 << 14;
    std::array<Counts, 4> bytes;
    for (Counts& counts : bytes) counts.assign(256, 0);
    Counts upper_pairs(1 << 16), lower_pairs(1 << 16), upper_quads(1 << 16), lower_quads(1 << 16);
    Counts changes(33), weight_pairs(weights * weights), gaps(256), runs(8), ranks(3), equal(20);
    std::uint64_t gap = 0;
    std::uint64_t run = 0;
    std::uint32_t before = next();
    std::vector<std::uint32_t> outputs(at_once), birthdays;
    for (std::uint64_t left = (std::uint64_t{1} << log2_outputs) / at_once; left > 0; --left) {
        for (auto& output : outputs) output = next();
        for (const std::uint32_t x : outputs) {
            for (std::size_t byte = 0; byte < 4; ++byte) ++bytes[byte][x >> 8 * byte & 255];
            ++changes[static_cast<std::size_t>(std::popcount(x ^ before))];
            before = x;
            if (x >> 27 == 0) {
                ++gaps[std::min(gap, std::uint64_t{255})];
                gap = 0;
            } else {
                ++gap;
            }
        }
        for (std::size_t i = 0; i < at_once; i += 4) {
            const std::uint32_t* x = &outputs[i];
            for (std::size_t pair = 0; pair < 4; pair += 2) {
                ++upper_pairs[x[pair] >> 24 << 8 | x[pair + 1] >> 24];
                ++lower_pairs[(x[pair] & 255) << 8 | (x[pair + 1] & 255)];
                ++weight_pairs[weight_class(x[pair]) * weights + weight_class(x[pair + 1])];
            }
            ++upper_quads[x[0] >> 28 << 12 | x[1] >> 28 << 8 | x[2] >> 28 << 4 | x[3] >> 28];
            ++lower_quads[(x[0] & 15) << 12 | (x[1] & 15) << 8 | (x[2] & 15) << 4 | (x[3] & 15)];
        }
        for (std::size_t i = 0; left % 32 == 0 && i < at_once; i += 32) {
            std::array<std::uint32_t, 32> rows;
            std::copy_n(outputs.begin() + static_cast<std::ptrdiff_t>(i), 32, rows.begin());
            ++ranks[static_cast<std::size_t>(std::min(32 - rank_of(rows), 2))];
        }
        for (std::size_t i = 0; left % 32 == 2 && i < at_once; ++i) {
            // What ends a run is thrown away, so that the lengths of runs are independent.
            if (run > 0 && outputs[i] < outputs[i - 1]) {
                ++runs[std::min(run, std::uint64_t{8}) - 1];
                run = 0;
            } else {
                ++run;
            }
        }
        run = 0;
        if (left % 32 == 1) {
            birthdays.assign(outputs.begin(), outputs.begin() + 4096);
            ++equal[std::min(equal_spacings(birthdays), std::uint64_t{19})];
        }
    }
    const auto even = [](double classes) { return [classes](std::size_t) { return 1 / classes; }; };
    for (std::size_t byte = 0; byte < 4; ++byte) {
        chi_square(view, fmt::format("bits {} to {}", 8 * byte, 8 * byte + 7), bytes[byte], even(256));
        Counts ones(8);
        for (std::size_t value = 0; value < 256; ++value) {
            for (std::size_t bit = 0; bit < 8; ++bit) ones[bit] += (value >> bit & 1) * bytes[byte][value];
        }
        double statistic = 0;
        for (const std::uint64_t count : ones) {
            const double z = (2 * static_cast<double>(count) - std::ldexp(1, log2_outputs)) /
                             std::sqrt(std::ldexp(1, log2_outputs));
            statistic += z * z;
        }
        report(view, fmt::format("ones in each of bits {} to {}", 8 * byte, 8 * byte + 7), statistic, 8,
               boost::math::gamma_q(4., statistic / 2));
    }
    chi_square(view, "pairs, upper 8 bits of each", upper_pairs, even(1 << 16));
    chi_square(view, "pairs, lower 8 bits of each", lower_pairs, even(1 << 16));
    chi_square(view, "quadruples, upper 4 bits of each", upper_quads, even(1 << 16));
    chi_square(view, "quadruples, lower 4 bits of each", lower_quads, even(1 << 16));
    chi_square(view, "bits that change", changes, [](std::size_t k) { return binomial(32, k); });
    chi_square(view, "numbers of ones, in pairs", weight_pairs, [](std::size_t i) {
        return probability_of_weight(i / weights) * probability_of_weight(i % weights);
    });
    chi_square(view, "gaps between outputs below 2^27", gaps, [](std::size_t k) {
        return std::pow(31. / 32, static_cast<double>(k)) * (k < 255 ? 1. / 32 : 1);
    });
    chi_square(view, "lengths of ascending runs", runs, [](std::size_t i) {
        const double one_over = 1 / std::tgamma(static_cast<double>(i) + 2);
        return i < 7 ? one_over - one_over / static_cast<double>(i + 2) : one_over;
    });
    // Of random 32 x 32 matrices: rank 32, 31, less.
    constexpr std::array<double, 3> of_rank = {0.2887880952, 0.5775761902, 0.1336357146};
    chi_square(view, "ranks of 32 x 32 bits", ranks, [&](std::size_t i) { return of_rank[i]; });
    double tail = 1;
    chi_square(view, "equal spacings of 4096 birthdays", equal, [&](std::size_t k) {
        const double here =
            std::exp(-4 + static_cast<double>(k) * std::log(4.) - std::lgamma(static_cast<double>(k) + 1));
        tail -= here;
        return k + 1 < 20 ? here : tail + here;
    });
}

// Until nobody reads any more.
template <typename Source>
void write(Source source) {
    std::vector<std::uint32_t> outputs(1 << 16);
    do {
        std::generate(outputs.begin(), outputs.end(), [&] { return source(); });
    } while (std::fwrite(outputs.data(), sizeof outputs[0], outputs.size(), stdout) == outputs.size());
}

// Words of blocks in order; or as the lanes of a vector have them, the first words of 8 blocks, then their second words.
auto philox_of(cohort::PhiloxKey key, bool in_lanes) {
    return [key, in_lanes, block = std::uint64_t{0}, place = std::size_t{32},
            words = std::array<std::uint32_t, 32>{}]() mutable {
        if (place == 32) {
            place = 0;
            for (std::size_t lane = 0; lane < 8; ++lane, ++block) {
                const auto counter = cohort::philox4x32_10(
                    {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0, 0}, key);
                for (std::size_t i = 0; i < 4; ++i)
                    words[in_lanes ? 8 * i + lane : 4 * lane + i] = counter[i];
            }
        }
        return words[place++];
    };
}

// Bits of the words of many states in turn.
auto mwc52_of(std::vector<mwc52::State> states, int lowest_bit) {
    return [states = std::move(states), lowest_bit, turn = std::size_t{0}]() mutable {
        mwc52::State& state = states[turn];
        turn = turn + 1 < states.size() ? turn + 1 : 0;
        const std::uint64_t word = state.word;
        state = mwc52::after(state);
        return static_cast<std::uint32_t>(word >> lowest_bit);
    };
}

// So many places of one seed, 2^40 darts apart.
std::vector<mwc52::State> distant_places(std::uint64_t count) {
    std::vector<mwc52::State> states;
    for (std::uint64_t place = 0; place < count; ++place) {
        states.push_back(mwc52::multiply(mwc52::start(cohort::Seed(1)), mwc52::jump(place << 40)));
    }
    return states;
}

std::vector<mwc52::State> of_many_seeds() {
    std::vector<mwc52::State> states;
    for (std::uint64_t seed = 0; seed < 256; ++seed) states.push_back(mwc52::start(cohort::Seed(seed)));
    return states;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view generator = argc >= 3 ? argv[1] : "";
    const bool writes = argc == 4 && std::string_view(argv[2]) == "stdout";
    const int log2_outputs = argc >= 3 && !writes ? std::atoi(argv[2]) : 0;
    const std::string_view wish = argc == 4 ? argv[3] : "";
    int views = 0;
    const auto view = [&](std::string_view of, std::string_view name, const auto& source) {
        if (generator != of || (!wish.empty() && wish != name)) return;
        if (!writes && (log2_outputs < 24 || log2_outputs > 40)) return;
        if (writes) {
            write(source);
        } else {
            test(fmt::format("{}, {}", of, name), log2_outputs, source);
        }
        ++views;
    };
    const std::vector<mwc52::State> one = {mwc52::start(cohort::Seed(1))};
    view("philox4x32-10", "blocks", philox_of({1, 0}, false));
    view("philox4x32-10", "lanes", philox_of({1, 0}, true));
    view("mwc52", "upper", mwc52_of(one, 20));
    view("mwc52", "lower", mwc52_of(one, 0));
    view("mwc52", "places", mwc52_of(distant_places(48), 20));
    view("mwc52", "seeds", mwc52_of(of_many_seeds(), 20));
    view("lcg32", "all", [x = std::uint32_t{1}]() mutable { return x = x * 69069 + 1; });
    if (views == 0) {
        fmt::print(stderr,
                   "usage: {0} philox4x32-10|mwc52|lcg32 24..40 [VIEW], where the number is the logarithm of "
                   "the outputs of each view;\n"
                   "       {0} philox4x32-10|mwc52|lcg32 stdout VIEW writes outputs for another battery;\n"
                   "views are blocks and lanes; upper, lower, places and seeds; all\n",
                   argv[0]);
        return 2;
    }
    return failures > 0 ? 1 : 0;
}

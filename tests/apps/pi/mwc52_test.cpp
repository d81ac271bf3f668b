// MWC52 beside arithmetic of any length, and its kernels on states that only an adversary would choose.

#include <cohort/plan/random.hpp>
#include <pi/mwc52.hpp>

#include <gmpxx.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cohort::pi::mwc52 {
namespace {

const mpz_class base = mpz_class(1) << bits;

mpz_class whole(std::uint64_t value) {
    return (mpz_class(static_cast<unsigned long>(value >> 32)) << 32) +
           static_cast<unsigned long>(value & 0xFFFFFFFF);
}

const mpz_class a = whole(multiplier);
const mpz_class modulus = a * base * base - 1;

mpz_class whole(const State& y) { return whole(y.word) + base * (whole(y.next) + base * whole(y.carry)); }

mpz_class power_of_base(const mpz_class& exponent) {
    mpz_class power;
    mpz_powm(power.get_mpz_t(), base.get_mpz_t(), exponent.get_mpz_t(), modulus.get_mpz_t());
    return power;
}

mpz_class reduced(const mpz_class& value) {
    mpz_class rest;
    mpz_fdiv_r(rest.get_mpz_t(), value.get_mpz_t(), modulus.get_mpz_t());
    return rest;
}

State random_state(Random& random) {
    return {random() & mask, random() & mask, 1 + random.below(multiplier - 2)};
}

// Words of zeros and ones, carries at both ends, and coordinates whose squares just reach the circle or just do not.
std::vector<State> chosen_states() {
    const std::uint64_t words[] = {0,
                                   1,
                                   2,
                                   std::uint64_t{1} << 26,
                                   (std::uint64_t{1} << 26) - 1,
                                   mask,
                                   mask - 1,
                                   mask - 2,
                                   std::uint64_t{1} << 51,
                                   3184525836262886,
                                   3184525836262887,
                                   3184525836262885};
    std::vector<State> states;
    for (const std::uint64_t word : words) {
        for (const std::uint64_t next : words) {
            for (const std::uint64_t carry :
                 {std::uint64_t{0}, std::uint64_t{1}, multiplier / 2, multiplier - 1}) {
                const State state{word, next, carry};
                if (whole(state) != 0 && whole(state) != modulus) states.push_back(state);
            }
        }
    }
    return states;
}

TEST(Mwc52, HasASafePrimeForItsModulus) {
    EXPECT_NE(mpz_probab_prime_p(modulus.get_mpz_t(), 40), 0);
    const mpz_class half = (modulus - 1) / 2;
    EXPECT_NE(mpz_probab_prime_p(half.get_mpz_t(), 40), 0);
    EXPECT_EQ(power_of_base(half), 1);  // so the period is that prime
}

TEST(Mwc52, MultipliesModuloItsPrime) {
    const mpz_class over_cube = power_of_base(modulus - 1 - 3);
    std::vector<State> states = chosen_states();
    Random random(Seed(52), 0, 0);
    for (int i = 0; i < 100; ++i) states.push_back(random_state(random));
    for (const State& y : states) {
        for (std::size_t i = 0; i < states.size(); i += 7) {
            ASSERT_EQ(whole(multiply(y, states[i])), reduced(whole(y) * whole(states[i]) * over_cube));
        }
        ASSERT_EQ(whole(times_base(y)), reduced(whole(y) * base));
    }
}

TEST(Mwc52, JumpsOverAnyNumberOfDarts) {
    Random random(Seed(53), 0, 0);
    for (int trial = 0; trial < 200; ++trial) {
        const State y = random_state(random);
        const std::uint64_t darts = random() >> random.below(64);
        const mpz_class over = reduced(-2 * whole(darts) % (modulus - 1) + (modulus - 1));
        EXPECT_EQ(whole(multiply(y, jump(darts))), reduced(whole(y) * power_of_base(over))) << darts;
    }
    const State y = random_state(random);
    EXPECT_EQ(multiply(y, jump(0)), y);
}

TEST(Mwc52, BeginsEachSeedAtAStateOfItsOwn) {
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const State y = start(Seed(seed));
        EXPECT_LE(y.word, mask);
        EXPECT_LE(y.next, mask);
        EXPECT_LT(y.carry, multiplier);
        EXPECT_FALSE(y == start(Seed(seed + 1)));
    }
}

class EveryMwc52Kernel : public testing::TestWithParam<Isa> {};

INSTANTIATE_TEST_SUITE_P(Mwc52, EveryMwc52Kernel, testing::Values(Isa::portable, Isa::avx2, Isa::avx512),
                         [](const auto& kernel) { return std::string(name(kernel.param)); });

// Word n is Y_0 b^-n mod p mod b, by division of whole numbers.
std::uint64_t inside_by_division(const State& state, std::uint64_t darts) {
    mpz_class y = whole(state);
    const auto square_of_next = [&y] {
        const mpz_class word = y % base;
        y = (y + word * modulus) / base;
        return mpz_class(word * word / base);
    };
    std::uint64_t inside = 0;
    for (std::uint64_t i = 0; i < darts; ++i) {
        const mpz_class x = square_of_next();
        inside += x + square_of_next() < base ? 1U : 0U;
    }
    return inside;
}

TEST_P(EveryMwc52Kernel, CountsFromAnyState) {
    if (!can_run(GetParam())) GTEST_SKIP() << "this processor cannot run it";
    const Kernel& kernel = kernel_for(GetParam());
    const std::vector<State> states = chosen_states();
    for (std::uint64_t darts = 1; darts <= 3; ++darts) {
        for (std::size_t first = 0; first < states.size(); first += kernel.lanes) {
            Lanes lanes{};
            std::uint64_t expected = 0;
            for (std::size_t lane = 0; lane < kernel.lanes; ++lane) {
                const State& state = states[(first + lane) % states.size()];
                lanes.word[lane] = state.word;
                lanes.next[lane] = state.next;
                lanes.carry[lane] = state.carry;
                expected += inside_by_division(state, darts);
            }
            ASSERT_EQ(kernel.count_inside(lanes, darts), expected) << darts << " darts from state " << first;
        }
    }
}

}  // namespace
}  // namespace cohort::pi::mwc52

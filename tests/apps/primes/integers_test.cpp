// Numbers of any size are read as people type them, and their primality and factors are what is known of them.

#include <cohort/plan/error.hpp>
#include <cohort/plan/random.hpp>
#include <primes/integers.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>
#include <vector>

namespace cohort::primes {
namespace {

Integer read(const std::string& text) { return parse_integer(text, "argument 1 of test"); }

std::string refusal(const std::string& text) {
    try {
        return "read as " + read(text).get_str().substr(0, 40);
    } catch (const UsageError& error) {
        return error.what();
    }
}

// "2^3 * 5"
std::string factored(const std::string& text) {
    std::string product;
    for (const auto& [prime, exponent] : factors(read(text))) {
        product += (product.empty() ? "" : " * ") + prime +
                   (exponent > 1 ? "^" + std::to_string(exponent) : std::string());
    }
    return product;
}

TEST(ParseInteger, ReadsNumbersOfAnySize) {
    const std::map<std::string, std::string> known = {
        {"0", "0"},
        {"007", "7"},
        {"1_000_000", "1000000"},
        {"1e30", "1000000000000000000000000000000"},
        {"1.5e9", "1500000000"},
        {"2^64", "18446744073709551616"},
        {"2^127-1", "170141183460469231731687303715884105727"},
        {"2**89-1", "618970019642690137449562111"},
        {"10^40+1", "10000000000000000000000000000000000000001"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
    };
    for (const auto& [text, digits] : known) EXPECT_EQ(read(text).get_str(), digits) << text;
    EXPECT_EQ(mpz_sizeinbase(read("2^99000").get_mpz_t(), 2), 99'001U);
}

TEST(ParseInteger, RefusesWhatIsNoNumberAndSaysWhere) {
    for (const char* text :
         {"", "12a", "nan", "inf", "1.5", "0x10", "1e", "2^", "^2", "1__0", "--", " 7", "+7"}) {
        EXPECT_THROW((void)read(text), UsageError) << text;
    }
    EXPECT_EQ(refusal("12a"),
              "12a is not a whole number (it is argument 1 of test); write 97, 1_000_000, 1e9 or 2^61-1");
    EXPECT_EQ(refusal("-7"), "-7 is below zero (it is argument 1 of test); write a number from 0 on");
    EXPECT_EQ(refusal("2^3-9"), "2^3-9 is below zero (it is argument 1 of test); write a number from 0 on");
}

TEST(ParseInteger, RefusesNumbersThatNobodyCouldWorkOn) {
    for (const char* text : {"2^100001", "1e99999999999", "9^999999999999999999", "2^18446744073709551615"}) {
        EXPECT_NE(refusal(text).find(" is too large (it is argument 1 of test, and has more than"),
                  std::string::npos)
            << refusal(text);
    }
}

TEST(IsPrime, IsRightForSmallNumbers) {
    for (std::uint64_t n = 0; n < 20'000; ++n) {
        bool expected = n > 1;
        for (std::uint64_t d = 2; expected && d * d <= n; ++d) expected = n % d != 0;
        ASSERT_EQ(is_prime(n), expected) << n;
        ASSERT_EQ(is_prime(Integer(n)), expected) << n;
        ASSERT_EQ(may_be_prime(Integer(n)), expected) << n;
    }
}

TEST(IsPrime, KnowsPrimes) {
    for (const char* text : {"18446744073709551557", "2^61-1", "2^64+13", "2^89-1", "2^107-1", "2^127-1",
                             "2^521-1", "2^607-1", "10^50+151", "10^100+267"}) {
        EXPECT_TRUE(is_prime(read(text))) << text;
        EXPECT_TRUE(may_be_prime(read(text))) << text;
    }
}

// Carmichael numbers, and those that pass the strong test for many bases; Jaeschke (1993), Sorenson and Webster
// (2015). The last is Arnault's (1995), which passes it for all prime bases below 200.
TEST(IsPrime, IsNotTakenInByPseudoprimes) {
    for (const char* text :
         {"561", "2047", "3215031751", "341550071728321", "3825123056546413051", "318665857834031151167461",
          "3317044064679887385961981", "9746347772161", "1590231231043178376951698401", "2^67-1", "2^128+1",
          "80383745745363949125707961434194210813883768828755814583748891752229742737653336521865023361639600"
          "4545791"
          "50420236032087665699667609872840439654082329287387918508691668573282677617710293896977394701670823"
          "0428687"
          "10999743997654414484534115587245063340927902227529622941498423068816854043264575340183297861112989"
          "6064484"
          "5216191652872597534901"}) {
        EXPECT_FALSE(is_prime(read(text))) << text;
        EXPECT_FALSE(may_be_prime(read(text))) << text;
    }
}

TEST(Factors, AreThoseThatAreKnown) {
    const std::map<std::string, std::string> known = {
        {"0", ""},
        {"1", ""},
        {"2", "2"},
        {"360", "2^3 * 3^2 * 5"},
        {"2^63", "2^63"},
        {"2^64-1", "3 * 5 * 17 * 257 * 641 * 65537 * 6700417"},
        {"2^64", "2^64"},
        {"18446744073709551557", "18446744073709551557"},
        {"18446744030759878681", "4294967291^2"},
        {"2^64+1", "274177 * 67280421310721"},
        {"2^67-1", "193707721 * 761838257287"},
        {"1e30", "2^30 * 5^30"},
        {"2^127-1", "170141183460469231731687303715884105727"},
        {"2^101-1", "7432339208719 * 341117531003194129"},
        {"2^128+1", "59649589127497217 * 5704689200685129054721"},
        {"5316911983139663487003542222693990401", "2305843009213693951^2"},
        {"10^60", "2^60 * 5^60"},
    };
    for (const auto& [text, product] : known) EXPECT_EQ(factored(text), product) << text;
}

TEST(Factors, AreThePrimesThatWereMultiplied) {
    for (std::uint64_t trial = 0; trial < 150; ++trial) {
        Random random(Seed(61), 0, trial);
        std::map<Integer, std::uint32_t> expected;
        Integer product = 1;
        const std::uint64_t count = 1 + random.below(6);
        for (std::uint64_t i = 0; i < count; ++i) {
            Integer prime = random() >> (64 - 2 - random.below(38));
            mpz_nextprime(prime.get_mpz_t(), prime.get_mpz_t());
            const auto exponent = static_cast<std::uint32_t>(1 + random.below(3));
            expected[prime] += exponent;
            for (std::uint32_t j = 0; j < exponent; ++j) product *= prime;
        }
        std::vector<PrimePower> powers;
        powers.reserve(expected.size());
        for (const auto& [prime, exponent] : expected) powers.emplace_back(prime.get_str(), exponent);
        EXPECT_EQ(factors(product), powers) << product.get_str();
    }
}

}  // namespace
}  // namespace cohort::primes

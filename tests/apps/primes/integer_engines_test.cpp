// Above 64 bits: every library that the program has gives the same, on both sides of each size where another takes over.

#include <cohort/plan/error.hpp>
#include <cohort/plan/random.hpp>
#include <primes/engines.hpp>
#include <primes/integers.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace cohort::primes {
namespace {

Integer read(const std::string& text) { return parse_integer(text, "argument 1 of factor"); }

std::vector<const Engine*> engines() {
    std::vector<const Engine*> all = {&flint()};
    if (pari() != nullptr) all.push_back(pari());
    return all;
}

// A prime of so many bits, the two highest set.
Integer prime_of(unsigned bits, Random& random) {
    Integer n = 0;
    for (unsigned got = 0; got < bits; got += 64) n = (n << 64) + Integer(random());
    n = (n & ((Integer(1) << bits) - 1)) | (Integer(3) << (bits - 2));
    mpz_nextprime(n.get_mpz_t(), n.get_mpz_t());
    return n;
}

std::vector<PrimePower> in_digits(const std::map<Integer, std::uint32_t>& powers) {
    std::vector<PrimePower> list;
    for (const auto& [prime, exponent] : powers) list.emplace_back(prime.get_str(), exponent);
    return list;
}

Powers sorted(Powers powers) {
    std::sort(powers.begin(), powers.end());
    return powers;
}

// Every shape of number: two primes of one size, a small, a middle and a large one, squares and cubes.
TEST(Engines, FactorTheSameAtEverySize) {
    for (const unsigned bits : {66U, 81U, 82U, 97U}) {
        Random random(Seed(96), 0, bits);
        const Integer half = prime_of(bits / 2, random);
        const Integer other_half = prime_of((bits + 1) / 2, random);
        const Integer small = prime_of(20, random);
        const Integer middle = prime_of(38, random);
        const Integer rest = prime_of(bits - 38, random);
        const Integer third = prime_of(bits / 3 + 1, random);
        const std::vector<std::map<Integer, std::uint32_t>> known = {{{half, 1}, {other_half, 1}},
                                                                     {{middle, 1}, {rest, 1}},
                                                                     {{small, 2}, {middle, 1}, {half, 1}},
                                                                     {{prime_of(bits, random), 1}},
                                                                     {{half, 2}},
                                                                     {{third, 3}},
                                                                     {{2, bits}, {third, 2}, {half, 1}}};
        for (const auto& powers : known) {
            Integer n = 1;
            for (const auto& [prime, exponent] : powers) {
                for (std::uint32_t i = 0; i < exponent; ++i) n *= prime;
            }
            EXPECT_EQ(factors(n), in_digits(powers)) << n;
            for (const Engine* engine : engines()) {
                EXPECT_EQ(sorted(engine->factors(n)), Powers(powers.begin(), powers.end()))
                    << n << " by " << engine->name;
            }
        }
    }
}

TEST(Engines, ProveTheSame) {
    for (const unsigned bits : {65U, 81U, 82U, 112U, 113U, 127U, 128U, 129U, 180U, 256U}) {
        for (std::uint16_t trial = 0; trial < 4; ++trial) {
            Random random(Seed(97), trial, bits);
            const Integer prime = prime_of(bits, random);
            const Integer composite = prime_of(bits / 2, random) * prime_of(bits - bits / 2, random);
            EXPECT_TRUE(is_prime(prime) && may_be_prime(prime)) << prime;
            EXPECT_FALSE(is_prime(composite) || may_be_prime(composite)) << composite;
            for (const Engine* engine : engines()) {
                EXPECT_TRUE(engine->is_prime(prime)) << prime << " by " << engine->name;
                EXPECT_FALSE(engine->is_prime(composite)) << composite << " by " << engine->name;
            }
        }
    }
}

// The first, below which strong tests to 13 bases prove, is itself a pseudoprime to all of them (Sorenson and Webster).
TEST(Engines, AreNotTakenInByPseudoprimes) {
    for (const char* text :
         {"3317044064679887385961981", "1590231231043178376951698401", "2^67-1", "2^128+1", "2^83-1"}) {
        for (const Engine* engine : engines())
            EXPECT_FALSE(engine->is_prime(read(text))) << text << " by " << engine->name;
    }
}

TEST(Engines, FactorWhatIsKnownOfMersenneNumbersAndNeighboursOfPowersOfTen) {
    const std::map<std::string, std::vector<PrimePower>> known = {
        {"2^83-1", {{"167", 1}, {"57912614113275649087721", 1}}},
        {"2^97-1", {{"11447", 1}, {"13842607235828485645766393", 1}}},
        {"2^101-1", {{"7432339208719", 1}, {"341117531003194129", 1}}},
        {"2^103-1", {{"2550183799", 1}, {"3976656429941438590393", 1}}},
        {"2^109-1", {{"745988807", 1}, {"870035986098720987332873", 1}}},
        {"2^128+1", {{"59649589127497217", 1}, {"5704689200685129054721", 1}}},
        {"10^20+1", {{"73", 1}, {"137", 1}, {"1676321", 1}, {"5964848081", 1}}},
        {"10^23-1", {{"3", 2}, {"11111111111111111111111", 1}}},
        {"10^25+1", {{"11", 1}, {"251", 1}, {"5051", 1}, {"9091", 1}, {"78875943472201", 1}}},
        {"10^30+1",
         {{"61", 1}, {"101", 1}, {"3541", 1}, {"9901", 1}, {"27961", 1}, {"4188901", 1}, {"39526741", 1}}},
    };
    for (const auto& [text, powers] : known) {
        EXPECT_EQ(factors(read(text)), powers) << text;
        for (const Engine* engine : engines()) {
            Powers numbers;
            for (const auto& [prime, exponent] : powers) numbers.emplace_back(Integer(prime), exponent);
            EXPECT_EQ(sorted(engine->factors(read(text))), numbers) << text << " by " << engine->name;
        }
    }
}

// 100 digits and more, all of it easy.
TEST(Engines, FactorLargeNumbersThatAreEasy) {
    Random random(Seed(98), 0, 0);
    std::map<Integer, std::uint32_t> powers = {{2, 70}, {3, 40}, {997, 3}, {1009, 5}};
    powers[prime_of(160, random)] = 1;
    powers[prime_of(30, random)] = 4;
    Integer n = 1;
    for (const auto& [prime, exponent] : powers) {
        for (std::uint32_t i = 0; i < exponent; ++i) n *= prime;
    }
    EXPECT_EQ(factors(n), in_digits(powers));
    const Integer large = prime_of(330, random);
    EXPECT_EQ(factors(large * large * large), in_digits({{large, 3}}));
}

// A library that writes files does so elsewhere, and cleans up.
TEST(Engines, NeedNoWorkingFolderToWriteTo) {
    const std::filesystem::path before = std::filesystem::current_path();
    const std::string temporary = testing::TempDir() + "cohort-engines-" + std::to_string(::getpid());
    std::filesystem::create_directory(temporary);
    ::setenv("TMPDIR", temporary.c_str(), 1);
    std::filesystem::current_path("/proc");
    for (const Engine* engine : engines()) {
        EXPECT_EQ(engine->factors(read("2^128+1")).size(), 2U) << engine->name;
        EXPECT_EQ(std::filesystem::current_path(), "/proc");
    }
    EXPECT_TRUE(std::filesystem::is_empty(temporary));
    ::setenv("TMPDIR", "/proc", 1);
    EXPECT_THROW((void)flint().factors(read("2^128+1")), StoreError);
    EXPECT_EQ(std::filesystem::current_path(), "/proc");
    ::unsetenv("TMPDIR");
    std::filesystem::current_path(before);
    std::filesystem::remove(temporary);
}

TEST(Engines, GiveTheSameOnAnyThread) {
    (void)pari();
    std::vector<PrimePower> found;
    std::thread([&] { found = factors(read("2^128+1")); }).join();
    EXPECT_EQ(found, factors(read("2^128+1")));
}

}  // namespace
}  // namespace cohort::primes

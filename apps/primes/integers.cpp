// Integers read as people write them.
#include <cohort/app/numbers.hpp>
#include <cohort/plan/error.hpp>
#include <primes/integers.hpp>

#include <fmt/format.h>

namespace cohort::primes {

namespace {

Integer power(const Integer& base, std::uint64_t exponent) {
    Integer result;
    mpz_pow_ui(result.get_mpz_t(), base.get_mpz_t(), exponent);
    return result;
}

}  // namespace

Integer parse_integer(std::string_view text, std::string_view where) {
    const auto parts = split_whole(text);
    if (!parts) {
        if (text.starts_with('-') && split_whole(text.substr(1))) {
            throw UsageError(fmt::format("{} is below zero", shown(text)), fmt::format("it is {}", where),
                             "write a number from 0 on");
        }
        throw UsageError(not_whole(text, where));
    }
    if (parts->most_bits() > most_bits) {
        throw UsageError(fmt::format("{} is too large", shown(text)),
                         fmt::format("it is {}, and has more than {} binary digits", where, most_bits),
                         fmt::format("write a number below 2^{}", most_bits));
    }
    Integer n = Integer(parts->coefficient) * power(Integer(parts->base), parts->exponent);
    const Integer offset(parts->offset);
    n += parts->minus ? Integer(-offset) : offset;
    if (n < 0) {
        throw UsageError(fmt::format("{} is below zero", shown(text)), fmt::format("it is {}", where),
                         "write a number from 0 on");
    }
    return n;
}

}  // namespace cohort::primes

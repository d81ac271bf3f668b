#include <primes/curve_kernel.hpp>
#include <primes/prime64.hpp>
#include <primes/residues.hpp>
#include <primes/residues_of.hpp>

#include <array>
#include <cmath>
#include <optional>

namespace cohort::primes {

namespace residues {

const Kernel portable = kernel_of<WordField, 4, 4>();

const Kernel& kernel_for(Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return avx512;
    if (isa == Isa::avx2) return avx2;
#endif
    static_cast<void>(isa);
    return portable;
}

}  // namespace residues

namespace {

// Odd, and few enough that dividing by one more costs what it saves.
constexpr std::array<std::uint64_t, 15> divisors = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53};

// p divides n if and only if n times the inverse of p modulo 2^64 is at most (2^64 - 1) / p.
struct Divisor {
    std::uint64_t prime;
    std::uint64_t inverse;
    std::uint64_t most;
};

constexpr auto tests_of_divisors() {
    std::array<Divisor, divisors.size()> tests{};
    for (std::size_t i = 0; i < tests.size(); ++i) {
        const std::uint64_t p = divisors[i];
        std::uint64_t inverse = (3 * p) ^ 2;
        for (int step = 0; step < 4; ++step) inverse *= 2 - inverse * p;
        tests[i] = {p, inverse, ~std::uint64_t{0} / p};
    }
    return tests;
}

constexpr auto small_tests = tests_of_divisors();

// What division by small primes says.
std::optional<bool> seen_at_once(std::uint64_t n) noexcept {
    if (n % 2 == 0) return n == 2;
    for (const Divisor& divisor : small_tests) {
        if (n * divisor.inverse <= divisor.most) return n == divisor.prime;
    }
    constexpr std::uint64_t next = 59;
    if (n < next * next) return n > 1;
    return std::nullopt;
}

// The Jacobi symbol (a/m), for odd m.
int jacobi(std::uint64_t a, std::uint64_t m) noexcept {
    int sign = 1;
    for (a %= m; a != 0; a %= m) {
        const int twos = __builtin_ctzll(a);
        a >>= twos;
        if (twos % 2 == 1 && (m % 8 == 3 || m % 8 == 5)) sign = -sign;
        if (a % 4 == 3 && m % 4 == 3) sign = -sign;
        std::swap(a, m);
    }
    return m == 1 ? sign : 0;
}

bool is_square(std::uint64_t n) noexcept {
    const auto near = static_cast<std::uint64_t>(std::llround(std::sqrt(static_cast<double>(n))));
    return near * near == n;  // exact: near is at most 2^32, whose square is 0, and no number here is that
}

// The parameter of the Lucas test of an odd number, 0 for squares, which have none. (D/n) is (n/D), as D is 1 modulo 4.
std::uint64_t lucas_parameter(std::uint64_t n) noexcept {
    for (std::uint64_t p = 3;; p += 2) {
        if (jacobi(n, p * p - 4) < 0) return p;
        if (p == 21 && is_square(n)) return 0;
    }
}

// The places of numbers that wait until there are enough of them for a kernel.
class Waiting {
  public:
    static constexpr std::size_t most = residues::queue_places;

    [[nodiscard]] bool is_full() const noexcept { return count_ == most; }
    void add(std::uint64_t n, std::uint64_t parameter, std::size_t place) noexcept {
        n_[count_] = n;
        parameters_[count_] = parameter;
        places_[count_++] = place;
    }
    // Calls passed(n, place) for those that pass run(n, parameters, count, pass).
    template <typename Run, typename Passed>
    void test(std::size_t lanes, const Run& run, const Passed& passed) {
        const std::size_t whole = (count_ + lanes - 1) / lanes * lanes;
        for (std::size_t i = count_; i < whole; ++i) {  // anything that is allowed
            n_[i] = n_[0];
            parameters_[i] = parameters_[0];
        }
        run(n_.data(), parameters_.data(), whole, pass_.data());
        for (std::size_t i = 0; i < count_; ++i) {
            if (pass_[i] != 0) passed(n_[i], places_[i]);
        }
        count_ = 0;
    }

  private:
    std::array<std::uint64_t, most> n_{};
    std::array<std::uint64_t, most> parameters_{};
    std::array<std::size_t, most> places_{};
    std::array<std::uint8_t, most> pass_{};
    std::size_t count_ = 0;
};

class Tester {
  public:
    Tester(const residues::Kernel& kernel, std::span<std::uint8_t> prime) : kernel_(kernel), prime_(prime) {}

    void add(std::uint64_t n, std::size_t place) {
        strong_.add(n, 0, place);
        if (strong_.is_full()) test_strong();
    }
    void finish() {
        test_strong();
        test_lucas();
    }

  private:
    void test_strong() {
        strong_.test(
            kernel_.lanes,
            [this](const std::uint64_t* n, const std::uint64_t*, std::size_t count, std::uint8_t* pass) {
                kernel_.strong_base_2(n, count, pass);
            },
            [this](std::uint64_t n, std::size_t place) {
                const std::uint64_t parameter = lucas_parameter(n);
                if (parameter == 0) return;
                lucas_.add(n, parameter, place);
                if (lucas_.is_full()) test_lucas();
            });
    }
    void test_lucas() {
        lucas_.test(kernel_.lanes, kernel_.extra_strong_lucas,
                    [this](std::uint64_t, std::size_t place) { prime_[place] = 1; });
    }

    const residues::Kernel& kernel_;
    std::span<std::uint8_t> prime_;
    Waiting strong_;
    Waiting lucas_;
};

}  // namespace

void are_prime(std::span<const std::uint64_t> numbers, std::span<std::uint8_t> prime, Isa isa) {
    Tester tester(residues::kernel_for(isa), prime);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto known = seen_at_once(numbers[i]);
        prime[i] = static_cast<std::uint8_t>(known.value_or(false));
        if (!known) tester.add(numbers[i], i);
    }
    tester.finish();
}

void are_prime(std::span<const std::uint64_t> numbers, std::span<std::uint8_t> prime) {
    static const Isa isa = chosen_isa();
    are_prime(numbers, prime, isa);
}

}  // namespace cohort::primes

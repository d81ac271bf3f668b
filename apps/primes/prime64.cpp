#include <primes/curve_kernel.hpp>
#include <primes/prime64.hpp>
#include <primes/residues.hpp>
#include <primes/residues_of.hpp>
#include <primes/trial.hpp>

#include <array>
#include <bit>
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
constexpr int jacobi(std::uint64_t a, std::uint64_t m) noexcept {
    int sign = 1;
    for (a %= m; a != 0; a %= m) {
        const int twos = std::countr_zero(a);
        a >>= twos;
        if (twos % 2 == 1 && (m % 8 == 3 || m % 8 == 5)) sign = -sign;
        if (a % 4 == 3 && m % 4 == 3) sign = -sign;
        std::swap(a, m);
    }
    return m == 1 ? sign : 0;
}

// The residues a below m for which (a/m) is -1, as bits.
constexpr std::uint64_t non_residues(std::uint64_t m) {
    std::uint64_t bits = 0;
    for (std::uint64_t a = 0; a < m; ++a) bits |= std::uint64_t{jacobi(a, m) < 0} << a;
    return bits;
}

// The parameter of the Lucas test of an odd number, 0 for squares, which have none. (D/n) is (n/D), as D is 1 modulo 4.
std::uint64_t lucas_parameter(std::uint64_t n) noexcept {
    // Three of four numbers: D is 5 for p = 3, 21 for p = 5, and 45 for p = 7, which says no more than 5.
    constexpr std::uint64_t of_5 = non_residues(5);
    constexpr std::uint64_t of_21 = non_residues(21);
    if ((of_5 >> (n % 5) & 1) != 0) return 3;
    if ((of_21 >> (n % 21) & 1) != 0) return 5;
    for (std::uint64_t p = 9;; p += 2) {
        if (jacobi(n, p * p - 4) < 0) return p;
        if (p == 21 && root(n) * root(n) == n) return 0;
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
    Tester(const residues::Kernel& kernel, std::span<std::uint8_t> prime, const Stop& stop)
        : kernel_(kernel), prime_(prime), stop_(stop) {}

    // These return false once they are told to stop.
    [[nodiscard]] bool add(std::uint64_t n, std::size_t place) {
        strong_.add(n, 0, place);
        return !strong_.is_full() || test_strong();
    }
    [[nodiscard]] bool finish() { return test_strong() && test_lucas(); }
    [[nodiscard]] bool goes_on() const { return !stop_ || !stop_(); }

  private:
    [[nodiscard]] bool test_strong() {
        if (!goes_on()) return false;
        bool all_tested = true;
        strong_.test(
            kernel_.lanes,
            [this](const std::uint64_t* n, const std::uint64_t*, std::size_t count, std::uint8_t* pass) {
                kernel_.strong_base_2(n, count, pass);
            },
            [this, &all_tested](std::uint64_t n, std::size_t place) {
                const std::uint64_t parameter = lucas_parameter(n);
                if (parameter == 0) return;
                lucas_.add(n, parameter, place);
                if (lucas_.is_full()) all_tested = test_lucas();
            });
        return all_tested;
    }
    // A full queue is empty after it.
    [[nodiscard]] bool test_lucas() {
        lucas_.test(kernel_.lanes, kernel_.extra_strong_lucas,
                    [this](std::uint64_t, std::size_t place) { prime_[place] = 1; });
        return goes_on();
    }

    const residues::Kernel& kernel_;
    std::span<std::uint8_t> prime_;
    const Stop& stop_;
    Waiting strong_;
    Waiting lucas_;
};

}  // namespace

bool are_prime(std::span<const std::uint64_t> numbers, std::span<std::uint8_t> prime, Isa isa,
               const Stop& stop) {
    constexpr std::size_t divided_between_asks = 1024;
    Tester tester(residues::kernel_for(isa), prime, stop);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i % divided_between_asks == divided_between_asks - 1 && !tester.goes_on()) return false;
        const auto known = seen_at_once(numbers[i]);
        prime[i] = static_cast<std::uint8_t>(known.value_or(false));
        if (!known && !tester.add(numbers[i], i)) return false;
    }
    return tester.finish();
}

}  // namespace cohort::primes

#include <primes/factor64.hpp>
#include <primes/prime64.hpp>
#include <primes/residues.hpp>
#include <primes/residues_of.hpp>
#include <primes/trial.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace cohort::primes {

namespace {

// Below this rho needs fewer steps than a curve has.
constexpr std::uint64_t small_end = std::uint64_t{1} << 40;

constexpr std::array<std::uint64_t, 54> small_primes = {
    2,   3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,
    67,  71,  73,  79,  83,  89,  97,  101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151,
    157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251};

// A factor of an odd composite, neither 1 nor n, by Pollard's rho as Brent walks it: products of 32 differences are looked
// at together, and one by one where they have all of n. 1 after so many steps, or if told to stop.
std::uint64_t rho(std::uint64_t n, std::uint64_t most_steps, const Stop& stop) {
    using Field = residues::WordField<1>;
    const Field field(&n);
    const auto step = [&](const Field::Value& x, const Field::Value& c) {
        return field.multiply_add(x, x, c);
    };
    const auto common = [n](const Field::Value& x) { return std::gcd(x.words[0], n); };
    std::uint64_t steps = 0;
    for (Field::Value c = field.one();; c = field.add(c, field.one())) {
        Field::Value x = field.add(c, field.one());
        for (std::uint64_t length = 1;; length *= 2) {
            const Field::Value from = x;
            for (std::uint64_t done = 0; done < length; done += 32) {
                const Field::Value begin = x;
                const std::uint64_t end = std::min<std::uint64_t>(32, length - done);
                Field::Value product = field.one();
                for (std::uint64_t i = 0; i < end; ++i) {
                    x = step(x, c);
                    product = field.multiply(product, field.subtract(from, x));
                }
                steps += end;
                std::uint64_t divisor = common(product);
                if (divisor == 1) {
                    if (steps > most_steps || (stop && stop())) return 1;
                    continue;
                }
                x = begin;
                do {
                    x = step(x, c);
                    divisor = common(field.subtract(from, x));
                } while (divisor == 1);
                if (divisor != n) return divisor;
                length = 0;  // all of n came round at once
                break;
            }
            if (length == 0) break;
        }
    }
}

// A part of a number that is not known to be prime.
struct Part {
    std::uint64_t n = 0;
    std::size_t of = 0;               // which number
    std::uint64_t curves = 0;         // that found no factor
    std::uint64_t met_all_times = 0;  // of those
};

class Block {
  public:
    Block(std::span<const std::uint64_t> numbers, Isa isa, const Stop& stop)
        : isa_(isa), kernel_(residues::kernel_for(isa)), stop_(stop), found_(numbers.size()) {
        constexpr std::size_t divided_between_asks = 64;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if (i % divided_between_asks == divided_between_asks - 1 && is_stopped()) return;
            if (numbers[i] > 1) add(divide_out(numbers[i], i), i);
        }
    }

    std::vector<std::vector<Power64>> take() {
        while (!is_stopped_ && (!parts_.empty() || !composites_.empty())) {
            sort_out();
            run_curves();
        }
        std::vector<std::vector<Power64>> powers;
        powers.reserve(found_.size());
        for (auto& primes : found_) {
            std::sort(primes.begin(), primes.end());
            auto& list = powers.emplace_back();
            for (const std::uint64_t p : primes) {
                if (list.empty() || list.back().first != p) list.emplace_back(p, 0U);
                ++list.back().second;
            }
        }
        return powers;
    }

  private:
    static constexpr std::uint64_t without_end = std::numeric_limits<std::uint64_t>::max();
    static constexpr std::uint64_t enough_curves = 200;

    [[nodiscard]] bool is_stopped() {
        is_stopped_ = is_stopped_ || (stop_ && stop_());
        return is_stopped_;
    }
    std::uint64_t divide_out(std::uint64_t n, std::size_t of) {
        for (const std::uint64_t p : small_primes) {
            for (; n % p == 0; n /= p) found_[of].push_back(p);
            if (p * p > n) break;
        }
        return n;
    }
    void add(std::uint64_t n, std::size_t of) {
        constexpr std::uint64_t next = 257;
        if (n == 1) return;
        if (n < next * next) {
            found_[of].push_back(n);
        } else {
            parts_.push_back({.n = n, .of = of});
        }
    }
    void split(const Part& part, std::uint64_t divisor) {
        add(divisor, part.of);
        add(part.n / divisor, part.of);
    }
    // Splits by rho; a part that does not part is added to `left`.
    void walk(const Part& part, std::uint64_t most_steps, std::vector<Part>& left) {
        const std::uint64_t divisor = rho(part.n, most_steps, [this] { return is_stopped(); });
        if (divisor != 1) {
            split(part, divisor);
        } else if (!is_stopped_) {
            left.push_back(part);
        }
    }
    // After a curve that met all prime factors at once, or after many that met none. The factors are small, mostly, which rho
    // sees soon; or it is the square of a prime, which meets all always; or it was chance, and another curve will do.
    void split_otherwise(Part part, std::vector<Part>& left) {
        constexpr std::uint64_t short_walk = 1024;  // as long as a curve
        constexpr std::uint64_t enough_times = 3;
        const std::uint64_t half = root(part.n);
        if (half * half == part.n) return split(part, half);
        const bool is_chance = ++part.met_all_times <= enough_times && part.curves <= enough_curves;
        walk(part, is_chance ? short_walk : without_end, left);
    }
    // Until no part is left but composites for curves.
    void sort_out() {
        std::vector<std::uint64_t> n;
        std::vector<std::uint8_t> prime;
        while (!parts_.empty() && !is_stopped_) {
            const std::vector<Part> parts = std::move(parts_);
            parts_.clear();
            n.clear();
            for (const Part& part : parts) n.push_back(part.n);
            prime.resize(n.size());
            is_stopped_ = !are_prime(n, prime, isa_, stop_);
            for (std::size_t i = 0; i < parts.size() && !is_stopped_; ++i) {
                if (prime[i] != 0) {
                    found_[parts[i].of].push_back(parts[i].n);
                } else if (parts[i].n < small_end) {
                    walk(parts[i], without_end, parts_);
                } else {
                    composites_.push_back(parts[i]);
                }
            }
        }
    }
    // A curve for each composite; what lanes are left over try further curves of the first.
    void run_curves() {
        if (composites_.empty() || is_stopped_) return;
        const std::size_t count = composites_.size();
        const std::size_t whole = (count + kernel_.lanes - 1) / kernel_.lanes * kernel_.lanes;
        std::vector<std::uint64_t> n(whole);
        std::vector<std::uint64_t> sigma(whole);
        std::vector<std::uint64_t> met(whole);
        for (std::size_t i = 0; i < whole; ++i) {
            constexpr std::uint64_t first_sigma = 6;
            constexpr std::uint64_t sigmas = 1000;
            Part& part = composites_[i % count];
            n[i] = part.n;
            sigma[i] = first_sigma + part.curves++ % sigmas;
        }
        for (std::size_t i = 0; i < whole; i += kernel_.lanes) {
            if (is_stopped()) return;
            kernel_.elliptic_curve(&n[i], &sigma[i], kernel_.lanes, &met[i]);
        }
        std::vector<std::uint64_t> divisors(count, 1);
        for (std::size_t i = 0; i < whole; ++i) {
            std::uint64_t& divisor = divisors[i % count];
            if (divisor == 1 || divisor == n[i]) divisor = std::gcd(met[i], n[i]);
        }
        std::vector<Part> left;
        for (std::size_t i = 0; i < count && !is_stopped_; ++i) {
            const Part& part = composites_[i];
            if (divisors[i] == part.n || (divisors[i] == 1 && part.curves > enough_curves)) {
                split_otherwise(part, left);
            } else if (divisors[i] == 1) {
                left.push_back(part);
            } else {
                split(part, divisors[i]);
            }
        }
        composites_ = std::move(left);
    }

    Isa isa_;
    const residues::Kernel& kernel_;
    const Stop& stop_;
    bool is_stopped_ = false;
    std::vector<std::vector<std::uint64_t>> found_;
    std::vector<Part> parts_;
    std::vector<Part> composites_;
};

}  // namespace

std::vector<std::vector<Power64>> factors_64(std::span<const std::uint64_t> numbers, Isa isa,
                                             const Stop& stop) {
    return Block(numbers, isa, stop).take();
}

}  // namespace cohort::primes

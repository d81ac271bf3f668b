#include <primes/factor64.hpp>
#include <primes/prime64.hpp>
#include <primes/residues.hpp>
#include <primes/residues_of.hpp>

#include <algorithm>
#include <array>
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
// at together, and one by one where they have all of n.
std::uint64_t rho(std::uint64_t n) {
    using Field = residues::WordField<1>;
    const Field field(&n);
    const auto step = [&](const Field::Value& x, const Field::Value& c) {
        return field.multiply_add(x, x, c);
    };
    const auto common = [n](const Field::Value& x) { return std::gcd(x.words[0], n); };
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
                std::uint64_t divisor = common(product);
                if (divisor == 1) continue;
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
    std::size_t of = 0;        // which number
    std::uint64_t curves = 0;  // that found nothing
};

class Block {
  public:
    Block(std::span<const std::uint64_t> numbers, Isa isa)
        : isa_(isa), kernel_(residues::kernel_for(isa)), found_(numbers.size()) {
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if (numbers[i] > 1) add(divide_out(numbers[i], i), i);
        }
    }

    std::vector<std::vector<Power64>> take() {
        while (!parts_.empty() || !composites_.empty()) {
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
            parts_.push_back({n, of, 0});
        }
    }
    void split(const Part& part, std::uint64_t divisor) {
        add(divisor, part.of);
        add(part.n / divisor, part.of);
    }
    // Until no part is left but composites for curves.
    void sort_out() {
        std::vector<std::uint64_t> n;
        std::vector<std::uint8_t> prime;
        while (!parts_.empty()) {
            const std::vector<Part> parts = std::move(parts_);
            parts_.clear();
            n.clear();
            for (const Part& part : parts) n.push_back(part.n);
            prime.resize(n.size());
            are_prime(n, prime, isa_);
            for (std::size_t i = 0; i < parts.size(); ++i) {
                if (prime[i] != 0) {
                    found_[parts[i].of].push_back(parts[i].n);
                } else if (parts[i].n < small_end) {
                    split(parts[i], rho(parts[i].n));
                } else {
                    composites_.push_back(parts[i]);
                }
            }
        }
    }
    // A curve for each composite; what lanes are left over try further curves of the first.
    void run_curves() {
        if (composites_.empty()) return;
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
        kernel_.elliptic_curve(n.data(), sigma.data(), whole, met.data());
        std::vector<std::uint64_t> divisors(count, 1);
        for (std::size_t i = 0; i < whole; ++i) {
            std::uint64_t& divisor = divisors[i % count];
            if (divisor == 1 || divisor == n[i])
                divisor = std::max(divisor, std::gcd(met[i], n[i]) % (n[i] + 1));
        }
        std::vector<Part> left;
        for (std::size_t i = 0; i < count; ++i) {
            constexpr std::uint64_t enough = 200;
            const Part& part = composites_[i];
            if (divisors[i] == part.n || (divisors[i] == 1 && part.curves > enough)) {
                split(part, rho(part.n));  // the curve met all factors at once: they are small, mostly
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
    std::vector<std::vector<std::uint64_t>> found_;
    std::vector<Part> parts_;
    std::vector<Part> composites_;
};

}  // namespace

std::vector<std::vector<Power64>> factors_64(std::span<const std::uint64_t> numbers, Isa isa) {
    return Block(numbers, isa).take();
}

std::vector<std::vector<Power64>> factors_64(std::span<const std::uint64_t> numbers) {
    static const Isa isa = chosen_isa();
    return factors_64(numbers, isa);
}

}  // namespace cohort::primes

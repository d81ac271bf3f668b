// The libraries that decide about and factor numbers above 64 bits. What they find is checked by who calls them.
#pragma once

#include <primes/integers.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace cohort::primes {

// Primes and their exponents, in any order.
using Powers = std::vector<std::pair<Integer, std::uint32_t>>;

// Both take numbers above 1 and throw Fault where the library fails.
struct Engine {
    const char* name;
    bool (*is_prime)(const Integer& n);  // proved
    Powers (*factors)(const Integer& n);
};

// Local.
[[nodiscard]] const Engine& flint();

// Local. Null where the program was built without PARI, and on any thread but the first that asked: PARI keeps its
// state by thread.
[[nodiscard]] const Engine* pari();

// Local. BPSW, by FLINT.
[[nodiscard]] bool passes_bpsw(const Integer& n);

}  // namespace cohort::primes

#include <primes/engines.hpp>

namespace cohort::primes {

const Engine* pari() { return nullptr; }

}  // namespace cohort::primes

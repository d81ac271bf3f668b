// PARI as a library. It is started without its handlers of signals and allowed one thread; what it would print is dropped.
//
// PARI leaves a failed call by longjmp, past destructors. So what runs below a catch here is C: the number is copied to
// PARI's stack and the answer from it outside.
#include <cohort/plan/error.hpp>
#include <primes/engines.hpp>

#include <fmt/format.h>
#include <pari/pari.h>

#include <string>
#include <thread>

namespace cohort::primes {

namespace {

static_assert(sizeof(ulong) == sizeof(mp_limb_t), "cohort-primes wants a PARI for 64-bit machines");

constexpr std::size_t stack_bytes = std::size_t{8} << 20;
constexpr std::size_t most_stack_bytes = std::size_t{1} << 30;  // address space until it is used
constexpr ulong table_of_primes = 500'000;                      // its own default

PariOUT& silence() {
    static PariOUT out{[](char) {}, [](const char*) {}, [] {}};
    return out;
}

// On the thread that made it. It lives as long as the process, as PARI cannot be started again.
void start() {
    pari_init_opts(stack_bytes, table_of_primes, INIT_DFTm);
    pariOut = &silence();
    pariErr = &silence();
    pari_mt_nbthreads = 1;
    paristack_setsize(stack_bytes, most_stack_bytes);
}

// What PARI keeps on its stack is given back at the end.
class Stack {
  public:
    Stack() : top_(avma) {}
    ~Stack() { set_avma(top_); }
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;

  private:
    pari_sp top_;
};

GEN copy_in(const Integer& n) {
    const auto limbs = static_cast<long>(mpz_size(n.get_mpz_t()));
    const GEN number = cgeti(limbs + 2);
    setsigne(number, 1);
    setlgefint(number, limbs + 2);
    for (long i = 0; i < limbs; ++i) {
        *int_W(number, i) = static_cast<long>(mpz_getlimbn(n.get_mpz_t(), i));
    }
    return number;
}

Integer copy_out(GEN number) {
    Integer n;
    for (long i = lgefint(number) - 2; i-- > 0;) {
        mpz_mul_2exp(n.get_mpz_t(), n.get_mpz_t(), 64);
        n += static_cast<ulong>(*int_W(number, i));
    }
    return n;
}

// What `work` gives of a number, or null after an error. Nothing here or in `work` has a destructor.
GEN caught(GEN (*work)(GEN), GEN number) {
    GEN volatile answer = nullptr;
    pari_CATCH(CATCH_ALL) { answer = nullptr; }
    pari_TRY { answer = work(number); }
    pari_ENDCATCH;
    return answer;
}

GEN answer_of(GEN (*work)(GEN), const Integer& n) {
    const GEN answer = caught(work, copy_in(n));
    if (answer != nullptr) return answer;
    char* const text = pari_err2str(pari_err_last());
    const std::string why = text != nullptr ? text : "unknown error";
    pari_free(text);
    throw Fault(fmt::format("PARI failed on {}: {}", n.get_str(), why));
}

bool proves(const Integer& n) {
    const Stack stack;
    return signe(answer_of([](GEN number) { return isprime(number) != 0 ? gen_1 : gen_0; }, n)) != 0;
}

Powers factors_of(const Integer& n) {
    const Stack stack;
    const GEN matrix = answer_of(Z_factor, n);
    const GEN primes = gel(matrix, 1);
    const GEN exponents = gel(matrix, 2);
    Powers powers;
    for (long i = 1; i < lg(primes); ++i) {
        powers.emplace_back(copy_out(gel(primes, i)), static_cast<std::uint32_t>(itou(gel(exponents, i))));
    }
    return powers;
}

}  // namespace

const Engine* pari() {
    static constexpr Engine engine{"PARI", proves, factors_of};
    static const std::thread::id home = [] {
        start();
        return std::this_thread::get_id();
    }();
    return std::this_thread::get_id() == home ? &engine : nullptr;
}

}  // namespace cohort::primes

#include <cohort/team/counter.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/shared_array.hpp>
#include <cohort/team/team_core.hpp>

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <new>

namespace cohort {
namespace {

using Word = std::atomic<std::uint64_t>;

Word& word(const detail::SharedMemory& memory) { return *reinterpret_cast<Word*>(memory.data()); }

pthread_mutex_t& mutex(const detail::SharedMemory& memory) {
    return *reinterpret_cast<pthread_mutex_t*>(memory.data());
}

// 0, or the error; a lock whose owner died is one.
void check_lock(int code) {
    if (code == EOWNERDEAD || code == ENOTRECOVERABLE) {
        throw Fault(
            "a rank died while it held a mutex (what the mutex guards may be half changed); run the program "
            "again");
    }
    if (code != 0) {
        throw Fault(
            error_text("a mutex failed", std::strerror(code), "unlock it on the rank that locked it"));
    }
}

}  // namespace

namespace detail {

SharedMemory share_memory(Team& team, std::size_t bytes, const char* what) {
    TeamCore& core = team.core();
    const Use use(core, what);
    SharedMemory memory;
    agree(core, [&] {
        if (!core.one_node()) {
            throw UsageError(error_text(std::string(what) + " was asked for by a team of several nodes",
                                        "nodes share no memory", "make it over team.node()"));
        }
        if (bytes == std::numeric_limits<std::size_t>::max()) {
            throw UsageError(error_text(std::string(what) + " of more than 2^64 bytes was asked for",
                                        "no machine has them", "ask for less"));
        }
        memory = core.alone() ? SharedMemory::alone(bytes)
                              : SharedMemory::over(core.node_transport(), bytes, what);
    });
    return memory;
}

}  // namespace detail

Counter::Counter(Team& team, std::uint64_t start)
    : memory_(detail::share_memory(team, sizeof(Word), "a counter")) {
    if (team.is_root()) {
        new (memory_.data()) Word(start);
    }
    team.barrier();
}

std::uint64_t Counter::add(std::uint64_t amount) noexcept { return word(memory_).fetch_add(amount); }

std::uint64_t Counter::value() const noexcept { return word(memory_).load(); }

Mutex::Mutex(Team& team)
    : team_(&team.core()), memory_(detail::share_memory(team, sizeof(pthread_mutex_t), "a mutex")) {
    if (team.is_root()) {
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&mutex(memory_), &attributes);
        pthread_mutexattr_destroy(&attributes);
    }
    team.barrier();
}

// While it waits it moves messages: the rank that has the lock may be waiting for one.
void Mutex::lock() {
    constexpr long patience = 1'000'000;  // ns
    int code = pthread_mutex_trylock(&mutex(memory_));
    while (code == EBUSY || code == ETIMEDOUT) {
        team_->drive();
        timespec until{};
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += patience;
        until.tv_sec += until.tv_nsec / 1'000'000'000;
        until.tv_nsec %= 1'000'000'000;
        code = pthread_mutex_clocklock(&mutex(memory_), CLOCK_MONOTONIC, &until);
    }
    check_lock(code);
}

bool Mutex::try_lock() {
    const int code = pthread_mutex_trylock(&mutex(memory_));
    if (code == EBUSY) {
        return false;
    }
    check_lock(code);
    return true;
}

void Mutex::unlock() { check_lock(pthread_mutex_unlock(&mutex(memory_))); }

}  // namespace cohort

// What a rank of a simulation asks the system for: the time, sleep, and to let others run.
//
// These take the place of the C library's in a test binary, for it and for the libraries that it uses. Outside of ranks
// they do what those do.
#include <sim/simulation.hpp>

#include <ctime>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace hook = cohort::testing::hook;

namespace {

constexpr long second = 1'000'000'000;  // ns

bool simulated() noexcept { return cohort::testing::simulated_rank() >= 0; }

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
    if (!simulated()) {
        return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
    }
    const std::int64_t now = hook::now();
    *time = {now / second, now % second};
    return 0;
}

int nanosleep(const timespec* time, timespec* left) {
    if (!simulated()) {
        return static_cast<int>(::syscall(SYS_nanosleep, time, left));
    }
    hook::sleep(time->tv_sec * second + time->tv_nsec);
    return 0;
}

int sched_yield() noexcept {
    if (!simulated()) {
        return static_cast<int>(::syscall(SYS_sched_yield));
    }
    hook::yield();
    return 0;
}
}

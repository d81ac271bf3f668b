// Makes MPI late: a library that stands between a test and MPI, and waits a while before or after some of the calls.
//
// Ranks of a test on one machine keep a pace that ranks elsewhere do not. So under this a rank mostly goes on at once, now
// and then gives its core away, and sometimes sleeps for 10 us to 2 ms, as on a busy machine or a slow network. What it
// does follows from COHORT_DELAY_SEED and the rank; what others do meanwhile does not, so a failure is found again by
// trying, not by its seed alone. It is loaded by LD_PRELOAD, or linked, and passes every call on by MPI's profiling
// interface. See DELAYED in cmake/CohortTest.cmake.
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <sched.h>
#include <thread>

namespace {

// splitmix64; each thread of a rank goes through the sequence for itself.
std::uint64_t draw() {
    thread_local std::uint64_t state = []() -> std::uint64_t {
        const char* seed = std::getenv("COHORT_DELAY_SEED");
        int rank = 0;
        PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
        const std::uint64_t number = seed != nullptr ? std::strtoull(seed, nullptr, 10) : 1;
        return number * 1'000'003 + static_cast<std::uint64_t>(rank);
    }();
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// One call in `calls` waits, on each side.
void maybe_wait(std::uint64_t calls) {
    if (draw() % calls == 0) {
        if (draw() % 4 != 0) {
            sched_yield();
        } else {
            // From 10 us to 2 ms, short ones more often.
            const std::uint64_t most = std::uint64_t{20'000} << draw() % 8;
            std::this_thread::sleep_for(std::chrono::nanoseconds(
                static_cast<std::int64_t>(10'000 + draw() % std::min<std::uint64_t>(most, 1'990'000))));
        }
    }
}

// A test is made often and mostly in vain; the others begin something.
constexpr std::uint64_t rarely = 500;
constexpr std::uint64_t often = 12;

template <typename Call>
int late(std::uint64_t calls, const Call& call) {
    maybe_wait(calls);
    const int code = call();
    maybe_wait(calls);
    return code;
}

}  // namespace

extern "C" {

int MPI_Iprobe(int from, int tag, MPI_Comm comm, int* found, MPI_Status* status) {
    return late(rarely, [=] { return PMPI_Iprobe(from, tag, comm, found, status); });
}

int MPI_Isend(const void* data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm,
              MPI_Request* request) {
    return late(often, [=] { return PMPI_Isend(data, count, type, to, tag, comm, request); });
}

int MPI_Issend(const void* data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm,
               MPI_Request* request) {
    return late(often, [=] { return PMPI_Issend(data, count, type, to, tag, comm, request); });
}

int MPI_Irecv(void* data, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm,
              MPI_Request* request) {
    return late(often, [=] { return PMPI_Irecv(data, count, type, from, tag, comm, request); });
}

int MPI_Test(MPI_Request* request, int* done, MPI_Status* status) {
    return late(rarely, [=] { return PMPI_Test(request, done, status); });
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request* request) {
    return late(often, [=] { return PMPI_Ibarrier(comm, request); });
}

int MPI_Ibcast(void* data, int count, MPI_Datatype type, int from, MPI_Comm comm, MPI_Request* request) {
    return late(often, [=] { return PMPI_Ibcast(data, count, type, from, comm, request); });
}

int MPI_Igather(const void* mine, int count, MPI_Datatype type, void* all, int counts, MPI_Datatype types,
                int to, MPI_Comm comm, MPI_Request* request) {
    return late(often,
                [=] { return PMPI_Igather(mine, count, type, all, counts, types, to, comm, request); });
}

int MPI_Iscatter(const void* all, int counts, MPI_Datatype types, void* mine, int count, MPI_Datatype type,
                 int from, MPI_Comm comm, MPI_Request* request) {
    return late(often,
                [=] { return PMPI_Iscatter(all, counts, types, mine, count, type, from, comm, request); });
}

int MPI_Iallreduce(const void* mine, void* result, int count, MPI_Datatype type, MPI_Op operation,
                   MPI_Comm comm, MPI_Request* request) {
    return late(often, [=] { return PMPI_Iallreduce(mine, result, count, type, operation, comm, request); });
}
}

#include <cohort/team/mpi.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/team/backoff.hpp>

#include <cstdlib>
#include <string>

namespace cohort::detail {

void check_mpi(int code, const char* call) {
    if (code == MPI_SUCCESS) {
        return;
    }
    char text[MPI_MAX_ERROR_STRING] = {};
    int length = 0;
    MPI_Error_string(code, text, &length);
    throw Fault(error_text(std::string(call) + " failed", std::string(text, static_cast<std::size_t>(length)),
                           "check the network between the nodes and the MPI installation"));
}

void wait(MPI_Request& request, bool oversubscribed) {
    Backoff backoff(oversubscribed);
    for (;;) {
        int done = 0;
        check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done != 0) {
            return;
        }
        backoff.pause();
    }
}

std::size_t piece_bytes() {
    static const std::size_t bytes = [] {
        const char* text = std::getenv("COHORT_PIECE_BYTES");
        const unsigned long long value = text != nullptr ? std::strtoull(text, nullptr, 10) : 0;
        return value > 0 && value <= (1ULL << 30) ? static_cast<std::size_t>(value) : std::size_t{1} << 30;
    }();
    return bytes;
}

}  // namespace cohort::detail

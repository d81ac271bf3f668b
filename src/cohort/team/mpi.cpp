#include <cohort/team/mpi.hpp>

#include <cohort/plan/error.hpp>

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

}  // namespace cohort::detail

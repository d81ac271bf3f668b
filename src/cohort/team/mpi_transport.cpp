#include <cohort/team/mpi_transport.hpp>

#include <cohort/team/mpi.hpp>

#include <cstring>

namespace cohort::detail {
namespace {

// MPI_Request is a pointer in one library and a number in another.
static_assert(sizeof(MPI_Request) <= sizeof(Request::handle));

Request wrapped(MPI_Request request) noexcept {
    Request result;
    std::memcpy(&result.handle, &request, sizeof(request));
    return result;
}

MPI_Request unwrapped(const Request& request) noexcept {
    MPI_Request result;
    std::memcpy(&result, &request.handle, sizeof(result));
    return result;
}

int count_of(std::size_t bytes) noexcept { return static_cast<int>(bytes); }

bool is_over() noexcept {
    int over = 0;
    MPI_Finalized(&over);
    return over != 0;
}

int source_of(int rank) noexcept { return rank == any_rank ? MPI_ANY_SOURCE : rank; }

}  // namespace

MpiTransport::MpiTransport(MPI_Comm comm) : comm_(comm) {
    // Without this no error of MPI would ever come back as a code.
    check_mpi(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check_mpi(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
    check_mpi(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
    int level = MPI_THREAD_SINGLE;
    check_mpi(MPI_Query_thread(&level), "MPI_Query_thread");
    takes_threads_ = level == MPI_THREAD_MULTIPLE;
}

std::unique_ptr<Transport> MpiTransport::over(MPI_Comm comm) {
    MPI_Comm own = MPI_COMM_NULL;
    check_mpi(MPI_Comm_dup(comm, &own), "MPI_Comm_dup");
    return std::make_unique<MpiTransport>(own);
}

Request MpiTransport::start_send(int to, int tag, ConstBytes bytes) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Isend(bytes.data(), count_of(bytes.size()), MPI_BYTE, to, tag, comm_, &request),
              "MPI_Isend");
    return wrapped(request);
}

Request MpiTransport::start_synchronous_send(int to, int tag, ConstBytes bytes) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Issend(bytes.data(), count_of(bytes.size()), MPI_BYTE, to, tag, comm_, &request),
              "MPI_Issend");
    return wrapped(request);
}

Request MpiTransport::start_receive(int from, int tag, Bytes bytes) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(
        MPI_Irecv(bytes.data(), count_of(bytes.size()), MPI_BYTE, source_of(from), tag, comm_, &request),
        "MPI_Irecv");
    return wrapped(request);
}

std::optional<Arrival> MpiTransport::test(Request& request) {
    MPI_Request mpi = unwrapped(request);
    MPI_Status status;
    int done = 0;
    check_mpi(MPI_Test(&mpi, &done, &status), "MPI_Test");
    if (done == 0) {
        return std::nullopt;
    }
    request = {};
    int bytes = 0;
    check_mpi(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
    return Arrival{status.MPI_SOURCE, bytes == MPI_UNDEFINED ? 0 : static_cast<std::size_t>(bytes)};
}

// A probe moves messages on in every MPI, whether it finds one or not. No message has this tag, so nothing is looked at.
void MpiTransport::drive() {
    int found = 0;
    check_mpi(MPI_Iprobe(MPI_ANY_SOURCE, tag::none, comm_, &found, MPI_STATUS_IGNORE), "MPI_Iprobe");
}

void MpiTransport::cancel(Request& request) noexcept {
    if (request.pending() && !is_over()) {
        MPI_Request mpi = unwrapped(request);
        MPI_Cancel(&mpi);
        MPI_Wait(&mpi, MPI_STATUS_IGNORE);
    }
    request = {};
}

void MpiTransport::forget(Request& request) noexcept {
    if (request.pending() && !is_over()) {
        MPI_Request mpi = unwrapped(request);
        MPI_Request_free(&mpi);
    }
    request = {};
}

Request MpiTransport::start_barrier() {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Ibarrier(comm_, &request), "MPI_Ibarrier");
    return wrapped(request);
}

Request MpiTransport::start_broadcast(int from, Bytes bytes) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Ibcast(bytes.data(), count_of(bytes.size()), MPI_BYTE, from, comm_, &request),
              "MPI_Ibcast");
    return wrapped(request);
}

Request MpiTransport::start_gather(const std::uint64_t& mine, std::span<std::uint64_t> all) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Igather(&mine, 1, MPI_UINT64_T, all.data(), 1, MPI_UINT64_T, 0, comm_, &request),
              "MPI_Igather");
    return wrapped(request);
}

Request MpiTransport::start_scatter(std::span<const std::uint64_t> all, std::uint64_t& mine) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Iscatter(all.data(), 1, MPI_UINT64_T, &mine, 1, MPI_UINT64_T, 0, comm_, &request),
              "MPI_Iscatter");
    return wrapped(request);
}

Request MpiTransport::start_lowest(std::int64_t& value) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Iallreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MIN, comm_, &request),
              "MPI_Iallreduce");
    return wrapped(request);
}

std::unique_ptr<Transport> MpiTransport::split(int colour) {
    MPI_Comm part = MPI_COMM_NULL;
    check_mpi(MPI_Comm_split(comm_, colour, rank_, &part), "MPI_Comm_split");
    return std::make_unique<MpiTransport>(part);
}

std::unique_ptr<Transport> MpiTransport::split_by_machine() {
    MPI_Comm part = MPI_COMM_NULL;
    check_mpi(MPI_Comm_split_type(comm_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &part),
              "MPI_Comm_split_type");
    return std::make_unique<MpiTransport>(part);
}

void MpiTransport::close() {
    if (comm_ != MPI_COMM_NULL) {
        check_mpi(MPI_Comm_free(&comm_), "MPI_Comm_free");
    }
}

}  // namespace cohort::detail

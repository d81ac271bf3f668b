#include <cohort/team/collectives.hpp>

#include <cohort/team/failure.hpp>
#include <cohort/team/mpi.hpp>
#include <cohort/team/team_core.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <iterator>

namespace cohort::detail {
namespace {

// Waits for all of `requests`.
void wait_all(std::vector<MPI_Request>& requests, bool oversubscribed) {
    for (MPI_Request& request : requests) {
        wait(request, oversubscribed);
    }
}

// Calls `transfer(pointer, count)` for each piece of `bytes`.
template <typename Byte, typename Transfer>
void in_pieces(std::span<Byte> bytes, const Transfer& transfer) {
    for (std::size_t done = 0; done < bytes.size();) {
        const std::size_t count = std::min(piece_bytes(), bytes.size() - done);
        transfer(bytes.data() + done, static_cast<int>(count));
        done += count;
    }
}

void send_pieces(TeamCore& team, std::span<const std::byte> bytes, int to,
                 std::vector<MPI_Request>& requests) {
    in_pieces(bytes, [&](const std::byte* piece, int count) {
        check_mpi(MPI_Isend(piece, count, MPI_BYTE, to, tag::payload, team.comm(), &requests.emplace_back()),
                  "MPI_Isend");
    });
}

void receive_pieces(TeamCore& team, std::span<std::byte> bytes, int from,
                    std::vector<MPI_Request>& requests) {
    in_pieces(bytes, [&](std::byte* piece, int count) {
        check_mpi(
            MPI_Irecv(piece, count, MPI_BYTE, from, tag::payload, team.comm(), &requests.emplace_back()),
            "MPI_Irecv");
    });
}

}  // namespace

void barrier(TeamCore& team) {
    if (team.alone()) {
        return;
    }
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Ibarrier(team.comm(), &request), "MPI_Ibarrier");
    wait(request, team.oversubscribed());
}

void broadcast(TeamCore& team, Bytes& bytes, int from) {
    if (team.alone()) {
        return;
    }
    std::uint64_t size = bytes.size();
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Ibcast(&size, 1, MPI_UINT64_T, from, team.comm(), &request), "MPI_Ibcast");
    wait(request, team.oversubscribed());
    bytes.resize(size);
    in_pieces(std::span<std::byte>(bytes), [&](std::byte* piece, int count) {
        check_mpi(MPI_Ibcast(piece, count, MPI_BYTE, from, team.comm(), &request), "MPI_Ibcast");
        wait(request, team.oversubscribed());
    });
}

std::vector<Bytes> gather(TeamCore& team, std::span<const std::byte> bytes) {
    if (team.alone()) {
        return {Bytes(bytes.begin(), bytes.end())};
    }
    const bool root = team.rank() == 0;
    const std::uint64_t size = bytes.size();
    std::vector<std::uint64_t> sizes(root ? static_cast<std::size_t>(team.size()) : 0);
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Igather(&size, 1, MPI_UINT64_T, sizes.data(), 1, MPI_UINT64_T, 0, team.comm(), &request),
              "MPI_Igather");
    wait(request, team.oversubscribed());
    std::vector<Bytes> parts(sizes.size());
    std::vector<MPI_Request> requests;
    if (root) {
        parts[0].assign(bytes.begin(), bytes.end());
        for (std::size_t rank = 1; rank < parts.size(); ++rank) {
            parts[rank].resize(sizes[rank]);
            receive_pieces(team, parts[rank], static_cast<int>(rank), requests);
        }
    } else {
        send_pieces(team, bytes, 0, requests);
    }
    wait_all(requests, team.oversubscribed());
    return parts;
}

Bytes scatter(TeamCore& team, const std::vector<Bytes>& parts) {
    if (team.alone()) {
        return parts.at(0);
    }
    const bool root = team.rank() == 0;
    std::vector<std::uint64_t> sizes;
    if (root) {
        std::transform(parts.begin(), parts.end(), std::back_inserter(sizes),
                       [](const Bytes& part) { return part.size(); });
    }
    std::uint64_t size = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Iscatter(sizes.data(), 1, MPI_UINT64_T, &size, 1, MPI_UINT64_T, 0, team.comm(), &request),
              "MPI_Iscatter");
    wait(request, team.oversubscribed());
    Bytes mine;
    std::vector<MPI_Request> requests;
    if (root) {
        mine = parts[0];
        for (std::size_t rank = 1; rank < parts.size(); ++rank) {
            send_pieces(team, parts[rank], static_cast<int>(rank), requests);
        }
    } else {
        mine.resize(size);
        receive_pieces(team, mine, 0, requests);
    }
    wait_all(requests, team.oversubscribed());
    return mine;
}

int lowest_rank(TeamCore& team, bool mine) {
    int lowest = mine ? team.rank() : team.size();
    if (!team.alone()) {
        MPI_Request request = MPI_REQUEST_NULL;
        check_mpi(MPI_Iallreduce(MPI_IN_PLACE, &lowest, 1, MPI_INT, MPI_MIN, team.comm(), &request),
                  "MPI_Iallreduce");
        wait(request, team.oversubscribed());
    }
    return lowest;
}

void agree(TeamCore& team, const std::function<void()>& body) {
    std::exception_ptr mine;
    try {
        body();
    } catch (...) {
        mine = std::current_exception();
    }
    const int failed = lowest_rank(team, mine != nullptr);
    if (failed == team.size()) {
        return;
    }
    Bytes bytes(sizeof(Failure));
    if (failed == team.rank()) {
        const Failure failure = describe(mine, no_index, team.rank(), team.host());
        std::memcpy(bytes.data(), &failure, sizeof(failure));
    }
    broadcast(team, bytes, failed);
    Failure failure;
    std::memcpy(&failure, bytes.data(), sizeof(failure));
    raise(failure, failed == team.rank() ? mine : nullptr, 0);
}

}  // namespace cohort::detail

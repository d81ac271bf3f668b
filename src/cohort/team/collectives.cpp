#include <cohort/team/collectives.hpp>

#include <cohort/team/failure.hpp>
#include <cohort/team/team_core.hpp>
#include <cohort/team/transport.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <iterator>

namespace cohort::detail {
namespace {

// Calls start(piece) for each piece of `bytes`.
template <typename Byte, typename Start>
void in_pieces(std::span<Byte> bytes, const Start& start) {
    for (std::size_t done = 0; done < bytes.size();) {
        const std::size_t count = std::min(piece_bytes(), bytes.size() - done);
        start(bytes.subspan(done, count));
        done += count;
    }
}

// Point-to-point transfers of any length that are under way together.
class Transfers {
  public:
    explicit Transfers(TeamCore& team) : team_(team) {}

    // Complete when it is taken: who leaves with bytes that have not left it may compute for long.
    void send(std::span<const std::byte> bytes, int to) {
        in_pieces(bytes, [&](std::span<const std::byte> piece) {
            requests_.push_back(team_.transport().start_synchronous_send(to, tag::payload, piece));
        });
    }
    void receive(std::span<std::byte> bytes, int from) {
        in_pieces(bytes, [&](std::span<std::byte> piece) {
            requests_.push_back(team_.transport().start_receive(from, tag::payload, piece));
        });
    }
    void wait() {
        for (Request& request : requests_) {
            team_.wait(request);
        }
    }

  private:
    TeamCore& team_;
    std::vector<Request> requests_;
};

}  // namespace

void barrier(TeamCore& team) {
    if (!team.alone()) {
        team.wait(team.transport().start_barrier());
    }
}

void broadcast(TeamCore& team, Bytes& bytes, int from) {
    if (team.alone()) {
        return;
    }
    std::uint64_t size = bytes.size();
    team.wait(team.transport().start_broadcast(from, writable_bytes_of(size)));
    bytes.resize(size);
    in_pieces(std::span<std::byte>(bytes),
              [&](std::span<std::byte> piece) { team.wait(team.transport().start_broadcast(from, piece)); });
}

std::vector<Bytes> gather(TeamCore& team, std::span<const std::byte> bytes) {
    if (team.alone()) {
        return {Bytes(bytes.begin(), bytes.end())};
    }
    const bool root = team.rank() == 0;
    const std::uint64_t size = bytes.size();
    std::vector<std::uint64_t> sizes(root ? static_cast<std::size_t>(team.size()) : 0);
    team.wait(team.transport().start_gather(size, sizes));
    std::vector<Bytes> parts(sizes.size());
    Transfers transfers(team);
    if (root) {
        parts[0].assign(bytes.begin(), bytes.end());
        for (std::size_t rank = 1; rank < parts.size(); ++rank) {
            parts[rank].resize(sizes[rank]);
            transfers.receive(parts[rank], static_cast<int>(rank));
        }
    } else {
        transfers.send(bytes, 0);
    }
    transfers.wait();
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
    team.wait(team.transport().start_scatter(sizes, size));
    Bytes mine;
    Transfers transfers(team);
    if (root) {
        mine = parts[0];
        for (std::size_t rank = 1; rank < parts.size(); ++rank) {
            transfers.send(parts[rank], static_cast<int>(rank));
        }
    } else {
        mine.resize(size);
        transfers.receive(mine, 0);
    }
    transfers.wait();
    return mine;
}

int lowest_rank(TeamCore& team, bool mine) {
    std::int64_t lowest = mine ? team.rank() : team.size();
    if (!team.alone()) {
        team.wait(team.transport().start_lowest(lowest));
    }
    return static_cast<int>(lowest);
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

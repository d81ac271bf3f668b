// How the ranks of a team reach each other.
//
// All that cohort asks of MPI while it works is behind this class: short ordered messages, long ones in pieces, and a few
// collective operations. So MPI is called in one file, and the same protocols also run over a transport of the tests' own,
// in one process, where messages are delayed and ranks are switched as a seed says.
//
// Nothing here blocks: with more ranks than cores a rank that waits inside MPI would spin there and starve the ones that
// work. Whoever waits tests a request and pauses in between.
//
// No message moves by itself. What a rank has sent may leave it only at a later call of that rank, even where the send is
// complete, which says only that its bytes were copied; so it is over UCX and in the MPICH family, which also connect two
// ranks only when they first talk. A synchronous send alone tells that its message was taken. So whoever waits drives, also
// for something in shared memory.
#pragma once

#include <cohort/team/backoff.hpp>

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>

namespace cohort::detail {

// Each is an ordered channel of its own between two ranks.
namespace tag {
inline constexpr int none = 0;       // of no message
inline constexpr int up = 1;         // node leader to its parent in the tree: hits, finished
inline constexpr int down = 2;       // node leader to its children: horizons, end
inline constexpr int ask = 3;        // a rank to the coordinator: its node needs a batch
inline constexpr int grant = 4;      // the coordinator's answer
inline constexpr int pipe_up = 5;    // a rank to the root: blocks of a byte stream
inline constexpr int pipe_down = 6;  // the root to a rank: likewise
inline constexpr int payload = 7;    // pieces of scatter and gather
}  // namespace tag

inline constexpr int any_rank = -1;

// Messages up to this size need the sender only once to leave it: the smallest limit known is 4 KiB less a header, for shared
// memory in containers. Longer ones need it again when the receiver has come.
inline constexpr std::size_t short_message = 4096 - 128;

// The most bytes that one operation is given: counts are `int` in MPI, and some transports fail before 2 GiB.
// COHORT_PIECE_BYTES overrides 1 GiB, so that tests can cut small messages.
[[nodiscard]] std::size_t piece_bytes();

// An operation under way; what its handle means is the transport's business. The buffers that it was started with must
// stay where they are until it is complete.
struct Request {
    std::uint64_t handle = 0;  // 0: none

    [[nodiscard]] bool pending() const noexcept { return handle != 0; }
};

// What a completed receive brought; of no meaning for other operations.
struct Arrival {
    int source = any_rank;
    std::size_t bytes = 0;
};

class Transport {
  public:
    using Bytes = std::span<std::byte>;
    using ConstBytes = std::span<const std::byte>;

    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;  // local; what needs the other ranks is done by close()

    [[nodiscard]] virtual int rank() const noexcept = 0;
    [[nodiscard]] virtual int size() const noexcept = 0;

    // Local. Any length up to an int's; a synchronous one is complete only when its receive has begun.
    [[nodiscard]] virtual Request start_send(int to, int tag, ConstBytes bytes) = 0;
    [[nodiscard]] virtual Request start_synchronous_send(int to, int tag, ConstBytes bytes) = 0;
    // Local. `from` may be any_rank.
    [[nodiscard]] virtual Request start_receive(int from, int tag, Bytes bytes) = 0;
    // Local. What arrived, if the request is complete: it is none afterwards. Drives, too, where it is not.
    [[nodiscard]] virtual std::optional<Arrival> test(Request& request) = 0;
    // Local. Moves on all that this process has under way, on any transport.
    virtual void drive() = 0;
    // Local. Gives up a receive. Does nothing once the transport is over.
    virtual void cancel(Request& request) noexcept = 0;
    // Local. Forgets a send whose message has been taken. Does nothing once the transport is over.
    virtual void forget(Request& request) noexcept = 0;

    // Collective, without waiting: all ranks start the same operations in the same order.
    [[nodiscard]] virtual Request start_barrier() = 0;
    [[nodiscard]] virtual Request start_broadcast(int from, Bytes bytes) = 0;
    // On rank 0 `all` has a place for each rank; elsewhere it is empty.
    [[nodiscard]] virtual Request start_gather(const std::uint64_t& mine, std::span<std::uint64_t> all) = 0;
    [[nodiscard]] virtual Request start_scatter(std::span<const std::uint64_t> all, std::uint64_t& mine) = 0;
    // Puts the lowest of all ranks' values in place of each rank's.
    [[nodiscard]] virtual Request start_lowest(std::int64_t& value) = 0;

    // Collective. A transport of the ranks that give the same colour, in the order of ranks here; of the ranks that could
    // share memory.
    [[nodiscard]] virtual std::unique_ptr<Transport> split(int colour) = 0;
    [[nodiscard]] virtual std::unique_ptr<Transport> split_by_machine() = 0;
    // Collective. Frees what the ranks hold together.
    virtual void close() = 0;

    // Local. What a rank does between two looks in vain.
    virtual void pause(Backoff& backoff) { backoff.pause(); }
    // True if a second thread may use the transport at the same time as the first.
    [[nodiscard]] virtual bool takes_threads() const noexcept { return false; }
    // For libraries that talk MPI themselves; MPI_COMM_NULL where there is none.
    [[nodiscard]] virtual MPI_Comm comm() const noexcept { return MPI_COMM_NULL; }

    // Local. Waits until `request` is complete.
    Arrival wait(Request& request, bool oversubscribed);
};

// The bytes of one trivially copyable value.
template <typename T>
[[nodiscard]] Transport::ConstBytes bytes_of(const T& value) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    return std::as_bytes(std::span<const T, 1>(&value, 1));
}
template <typename T>
[[nodiscard]] Transport::Bytes writable_bytes_of(T& value) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    return std::as_writable_bytes(std::span<T, 1>(&value, 1));
}

}  // namespace cohort::detail

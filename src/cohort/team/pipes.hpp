// Byte streams between the root and every other rank of a team.
//
// Results flow to the root and items from it while everyone computes, so both go in small pieces that never block:
// through a ring in the window on the root's own node, elsewhere as messages of less than 4 KiB, which need their sender only
// once to leave it. A piece is only taken while there is room, so a slow reader holds its writers back and memory stays
// bounded. Bytes arrive once and in order; what they mean is the business of the layer above.
#pragma once

#include <cohort/team/call_slot.hpp>
#include <cohort/team/nodes.hpp>
#include <cohort/team/transport.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <map>
#include <span>
#include <vector>

namespace cohort::detail {

// A ring of bytes with one writer and one reader, in shared memory. Counters only grow.
struct Ring {
    static constexpr std::size_t capacity = 64 * 1024;

    alignas(cache_line) std::atomic<std::uint64_t> written;
    alignas(cache_line) std::atomic<std::uint64_t> read;
    alignas(cache_line) std::array<std::byte, capacity> bytes;

    // As many bytes as there is room for, or as are there; perhaps none.
    std::size_t write_some(std::span<const std::byte> data) noexcept;
    std::size_t read_some(std::span<std::byte> data) noexcept;
    [[nodiscard]] bool empty() const noexcept {
        return written.load(std::memory_order_acquire) == read.load(std::memory_order_relaxed);
    }

  private:
    // Told at a time, so that one side copies a part while the other copies the next.
    static constexpr std::size_t part = 8 * 1024;

    std::size_t write_part(std::span<const std::byte> data) noexcept;
    std::size_t read_part(std::span<std::byte> data) noexcept;
};

// Both directions between the root and one rank of its node.
struct RingPair {
    Ring up;    // to the root
    Ring down;  // from the root
};

// Rung by whoever has written to the root, so that a root of many ranks that looks all the time looks at one word.
struct alignas(cache_line) Bell {
    std::atomic<std::uint32_t> rung;
};

// All of a rank's pipes: the root has one to every other rank, the others one to the root. Every member is local.
class Pipes {
  public:
    // `rings` are those of the root's node by rank in the node; they and the bell are null on other nodes. A team of one has
    // no transport.
    Pipes(Transport* transport, int rank, const Nodes& nodes, Bell* bell, RingPair* rings);
    Pipes(const Pipes&) = delete;
    Pipes& operator=(const Pipes&) = delete;
    ~Pipes();

    // Takes as many bytes for `peer` as there is room for, perhaps none.
    std::size_t write_some(int peer, std::span<const std::byte> data);
    // Gives as many bytes from `peer` as have come, perhaps none.
    std::size_t read_some(int peer, std::span<std::byte> data);
    // Moves messages on. Once in a while, by whoever waits for a pipe.
    void poll();
    // Takes note of blocks that have been taken.
    void push();
    // True if some that were sent have not been, as far as is known. May be asked by another thread at any time.
    [[nodiscard]] bool sending() const noexcept { return left_.load(std::memory_order_relaxed) != 0; }
    // On the root: ranks from which bytes can be read now. They are not named again before they have written more, unless
    // they are left unread.
    void ready(std::vector<int>& peers);
    void leave_unread() noexcept;
    // True if nothing has come for certain. Needs no lock, and costs one load on the root's node.
    [[nodiscard]] bool quiet() const noexcept;

  private:
    static constexpr std::size_t most_block_bytes = 3584;
    static constexpr std::size_t blocks_in_flight = 8;

    struct Block {
        std::vector<std::byte> bytes;
        Request request;
    };
    struct Inbox {
        std::vector<std::byte> bytes;
        std::size_t read = 0;
    };

    [[nodiscard]] bool on_node(int peer) const noexcept;
    [[nodiscard]] bool is_free(Block& block);
    [[nodiscard]] RingPair& rings_with(int peer) const noexcept;
    void post_receives();
    [[nodiscard]] std::size_t block_bytes() const { return std::min(most_block_bytes, piece_bytes()); }
    std::size_t send_block(int peer, std::span<const std::byte> data);

    Transport* transport_;
    int rank_;
    const Nodes& nodes_;
    Bell* bell_;
    RingPair* rings_;
    std::vector<int> root_node_;  // its ranks, ascending
    std::map<int, std::array<Block, blocks_in_flight>> sending_;
    std::atomic<std::size_t> left_{0};  // of them
    std::deque<Block> receiving_;       // in the order in which they were posted, which is that of arrival
    std::map<int, Inbox> inboxes_;
};

}  // namespace cohort::detail

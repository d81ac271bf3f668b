#include <cohort/team/pipes.hpp>

#include <algorithm>
#include <cstring>

namespace cohort::detail {

std::size_t Ring::write_some(std::span<const std::byte> data) noexcept {
    std::size_t taken = 0;
    while (const std::size_t count = write_part(data.subspan(taken))) {
        taken += count;
    }
    return taken;
}

std::size_t Ring::read_some(std::span<std::byte> data) noexcept {
    std::size_t given = 0;
    while (const std::size_t count = read_part(data.subspan(given))) {
        given += count;
    }
    return given;
}

std::size_t Ring::write_part(std::span<const std::byte> data) noexcept {
    const std::uint64_t end = written.load(std::memory_order_relaxed);
    const std::size_t room = capacity - static_cast<std::size_t>(end - read.load(std::memory_order_acquire));
    const std::size_t count = std::min({room, data.size(), part});
    const std::size_t place = end % capacity;
    const std::size_t until_wrap = std::min(count, capacity - place);
    std::memcpy(bytes.data() + place, data.data(), until_wrap);
    std::memcpy(bytes.data(), data.data() + until_wrap, count - until_wrap);
    written.store(end + count, std::memory_order_release);
    return count;
}

std::size_t Ring::read_part(std::span<std::byte> data) noexcept {
    const std::uint64_t begin = read.load(std::memory_order_relaxed);
    const std::size_t there = static_cast<std::size_t>(written.load(std::memory_order_acquire) - begin);
    const std::size_t count = std::min({there, data.size(), part});
    const std::size_t place = begin % capacity;
    const std::size_t until_wrap = std::min(count, capacity - place);
    std::memcpy(data.data(), bytes.data() + place, until_wrap);
    std::memcpy(data.data() + until_wrap, bytes.data(), count - until_wrap);
    read.store(begin + count, std::memory_order_release);
    return count;
}

Pipes::Pipes(Transport* transport, int rank, const Nodes& nodes, Bell* bell, RingPair* rings)
    : transport_(transport), rank_(rank), nodes_(nodes), bell_(bell), rings_(rings) {
    for (std::size_t peer = 0; peer < nodes.node_of.size(); ++peer) {
        if (nodes.node_of[peer] == 0) {
            root_node_.push_back(static_cast<int>(peer));
        }
    }
}

Pipes::~Pipes() {
    for (Block& block : receiving_) {
        transport_->cancel(block.request);
    }
    for (auto& [peer, blocks] : sending_) {
        for (Block& block : blocks) {
            transport_->forget(block.request);
        }
    }
}

bool Pipes::on_node(int peer) const noexcept {
    return nodes_.mine == 0 && nodes_.node_of[static_cast<std::size_t>(peer)] == 0;
}

RingPair& Pipes::rings_with(int peer) const noexcept {
    const int rank = rank_ == 0 ? peer : rank_;
    return rings_[std::lower_bound(root_node_.begin(), root_node_.end(), rank) - root_node_.begin()];
}

std::size_t Pipes::write_some(int peer, std::span<const std::byte> data) {
    if (data.empty()) {
        return 0;
    }
    if (on_node(peer)) {
        RingPair& rings = rings_with(peer);
        if (rank_ == 0) {
            return rings.down.write_some(data);
        }
        const std::size_t count = rings.up.write_some(data);
        if (count > 0) {
            // An exchange, not a store: then the root's own sees what all have written before they rang.
            bell_->rung.exchange(1, std::memory_order_acq_rel);
        }
        return count;
    }
    std::size_t taken = 0;
    while (taken < data.size()) {
        const std::size_t block = send_block(peer, data.subspan(taken));
        if (block == 0) {
            break;
        }
        taken += block;
    }
    return taken;
}

// True if nothing is in it, or what was has been taken.
bool Pipes::is_free(Block& block) {
    if (block.request.pending() && transport_->test(block.request)) {
        left_.store(left_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    }
    return !block.request.pending();
}

void Pipes::push() {
    for (auto& [peer, blocks] : sending_) {
        for (Block& block : blocks) {
            static_cast<void>(is_free(block));
        }
    }
}

std::size_t Pipes::send_block(int peer, std::span<const std::byte> data) {
    for (Block& block : sending_[peer]) {
        if (is_free(block)) {
            const std::size_t count = std::min(data.size(), block_bytes());
            block.bytes.assign(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(count));
            // A synchronous send is complete only when the reader has taken it: that is what bounds its memory.
            block.request = transport_->start_synchronous_send(
                peer, rank_ == 0 ? tag::pipe_down : tag::pipe_up, block.bytes);
            left_.store(left_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
            return count;
        }
    }
    return 0;
}

std::size_t Pipes::read_some(int peer, std::span<std::byte> data) {
    if (on_node(peer)) {
        RingPair& rings = rings_with(peer);
        return (rank_ == 0 ? rings.up : rings.down).read_some(data);
    }
    if (inboxes_.find(peer) == inboxes_.end() || inboxes_[peer].read == inboxes_[peer].bytes.size()) {
        poll();
    }
    Inbox& inbox = inboxes_[peer];
    const std::size_t count = std::min(data.size(), inbox.bytes.size() - inbox.read);
    // Not memcpy: an empty inbox has no memory, and memcpy must not be given none.
    std::copy_n(inbox.bytes.data() + inbox.read, count, data.data());
    inbox.read += count;
    if (inbox.read == inbox.bytes.size()) {
        inbox.bytes.clear();
        inbox.read = 0;
    }
    return count;
}

void Pipes::post_receives() {
    while (receiving_.size() < blocks_in_flight) {
        receiving_.emplace_back().bytes.resize(block_bytes());
        Block& block = receiving_.back();
        block.request = transport_->start_receive(rank_ == 0 ? any_rank : 0,
                                                  rank_ == 0 ? tag::pipe_up : tag::pipe_down, block.bytes);
    }
}

void Pipes::poll() {
    if (nodes_.count() == 1 || (rank_ != 0 && nodes_.mine == 0)) {
        return;
    }
    post_receives();
    for (;;) {
        const std::optional<Arrival> arrival = transport_->test(receiving_.front().request);
        if (!arrival) {
            return;
        }
        std::vector<std::byte>& inbox = inboxes_[arrival->source].bytes;
        const std::vector<std::byte>& block = receiving_.front().bytes;
        inbox.insert(inbox.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(arrival->bytes));
        receiving_.pop_front();
        post_receives();
    }
}

void Pipes::ready(std::vector<int>& peers) {
    poll();
    peers.clear();
    const bool rung = bell_ != nullptr && bell_->rung.load(std::memory_order_relaxed) != 0 &&
                      bell_->rung.exchange(0, std::memory_order_acq_rel) != 0;
    for (std::size_t place = 1; rung && place < root_node_.size(); ++place) {  // place 0 is the root itself
        if (!rings_[place].up.empty()) {
            peers.push_back(root_node_[place]);
        }
    }
    for (const auto& [peer, inbox] : inboxes_) {
        if (inbox.read < inbox.bytes.size()) {
            peers.push_back(peer);
        }
    }
}

void Pipes::leave_unread() noexcept {
    if (bell_ != nullptr) {
        bell_->rung.exchange(1, std::memory_order_acq_rel);
    }
}

bool Pipes::quiet() const noexcept {
    if (rank_ == 0) {
        return nodes_.count() == 1 && (bell_ == nullptr || bell_->rung.load(std::memory_order_relaxed) == 0);
    }
    return on_node(0) && rings_with(rank_).down.empty();
}

}  // namespace cohort::detail

#include <cohort/run/stream.hpp>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>

namespace cohort::detail {
namespace {

// Smaller payloads share a piece.
constexpr std::size_t small_payload = 16 * 1024;
// A rank with more than this to push waits before it makes more.
constexpr std::size_t most_queued = 256 * 1024;
// The helper takes in so much for a rank that is busy; then the senders wait.
constexpr std::size_t most_arrived = 16 * 1024 * 1024;
// At one look from one peer, so that all get their turn.
constexpr std::size_t most_at_once = 1024 * 1024;
// So much of a payload is made room for before it comes.
constexpr std::size_t at_a_time = 64 * 1024;

}  // namespace

Stream::Stream(Call& call) : call_(call), pipes_(call.team().pipes()) {
    if (!call.team().alone()) {
        call.serve_in_background_with([this] { in_background(); });
    }
}

Stream::~Stream() { call_.serve_in_background_with(nullptr); }

void Stream::send(int peer, Frame::Header header, Bytes payload, Attachment attachment) {
    const std::lock_guard lock(call_.team().messages());
    send_locked(peer, header, std::move(payload), std::move(attachment));
}

void Stream::send_locked(int peer, Frame::Header header, Bytes payload, Attachment attachment) {
    header.bytes = payload.size() + attachment.bytes.size();
    Queue& queue = queues_[peer];
    queue.bytes += sizeof(header) + header.bytes;
    if (queue.pieces.empty() || queue.pieces.back().bytes().size() > small_payload) {
        queue.pieces.emplace_back();
    }
    Bytes& last = queue.pieces.back().own;
    append(last, &header, sizeof(header));
    if (payload.size() <= small_payload) {
        append(last, payload.data(), payload.size());
    } else {
        queue.pieces.push_back({std::move(payload), {}});
    }
    if (attachment.owner) {
        queue.pieces.push_back({{}, std::move(attachment)});
        queue.pieces.emplace_back();  // for what comes next
    }
    if (!push(peer, queue)) {
        has_queued_.store(true, std::memory_order_relaxed);
    }
}

bool Stream::push(int peer, Queue& queue) {
    while (!queue.pieces.empty()) {
        const std::span<const std::byte> piece = queue.pieces.front().bytes();
        const std::size_t count = pipes_.write_some(peer, piece.subspan(queue.sent));
        queue.sent += count;
        queue.bytes -= count;
        moved_ = moved_ || count > 0;
        if (queue.sent < piece.size()) {
            return false;
        }
        queue.pieces.pop_front();
        queue.sent = 0;
    }
    return true;
}

bool Stream::push_all() {
    bool all = true;
    for (auto& [peer, queue] : queues_) {
        all = push(peer, queue) && all;
    }
    has_queued_.store(!all, std::memory_order_relaxed);
    return all;
}

std::size_t Stream::queued() const {
    return std::accumulate(queues_.begin(), queues_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& entry) { return sum + entry.second.bytes; });
}

bool Stream::flush_some() {
    if (!has_queued_.load(std::memory_order_relaxed)) {
        return false;
    }
    const std::lock_guard lock(call_.team().messages());
    push_all();
    return std::exchange(moved_, false);
}

// Waits until done(), which has messages() locked. As long as bytes move the wait stays quick.
template <typename Done>
void Stream::wait_until(const Done& done) {
    std::optional<Call::Wait> wait;
    for (;;) {
        bool moved = false;
        {
            const std::lock_guard lock(call_.team().messages());
            if (done()) {
                return;
            }
            moved = std::exchange(moved_, false);
        }
        if (!wait) {
            wait.emplace(call_);
        } else if (moved) {
            wait->restart();
        }
        wait->pause();
    }
}

void Stream::flush() {
    wait_until([this] { return push_all(); });
}

void Stream::flush_most() {
    wait_until([this] { return push_all() || queued() <= most_queued; });
}

bool Stream::receive(const std::function<void(int, Frame&)>& on_frame) {
    if (pipes_.quiet() && !has_arrived_.load(std::memory_order_relaxed)) {
        return false;
    }
    std::vector<std::pair<int, Frame>> frames;  // no deque, which allocates when it is empty too
    bool moved = false;
    {
        const std::lock_guard lock(call_.team().messages());
        pull();
        frames.swap(arrived_);
        has_arrived_.store(false, std::memory_order_relaxed);
        arrived_bytes_ = 0;
        moved = std::exchange(moved_, false);
    }
    for (auto& [peer, frame] : frames) {
        on_frame(peer, frame);
    }
    return moved || !frames.empty();
}

void Stream::pull() {
    if (call_.team().rank() != 0) {
        pull_from(0);
        return;
    }
    pipes_.ready(ready_);
    for (const int peer : ready_) {
        pull_from(peer);
    }
}

void Stream::pull_from(int peer) {
    constexpr std::size_t header_bytes = sizeof(Frame::Header);
    Incoming& incoming = incoming_[peer];
    for (std::size_t read = 0; read < most_at_once;) {
        if (incoming.have < header_bytes) {
            auto* header = reinterpret_cast<std::byte*>(&incoming.frame.header);
            incoming.have += pipes_.read_some(peer, {header + incoming.have, header_bytes - incoming.have});
            if (incoming.have < header_bytes) {
                return;
            }
            incoming.frame.payload.reserve(incoming.frame.header.bytes);
        }
        // A payload grows with what comes, so that its memory is touched while the next bytes travel.
        Bytes& payload = incoming.frame.payload;
        const std::size_t had = incoming.have - header_bytes;
        payload.resize(std::min<std::size_t>(incoming.frame.header.bytes, had + at_a_time));
        const auto rest = std::span<std::byte>(payload).subspan(had);
        const std::size_t count = rest.empty() ? 0 : pipes_.read_some(peer, rest);
        incoming.have += count;
        read += header_bytes + count;
        moved_ = moved_ || count > 0;
        if (had + count == incoming.frame.header.bytes) {
            arrived_bytes_ += incoming.frame.payload.size();
            arrived_.emplace_back(peer, std::exchange(incoming.frame, Frame{}));
            incoming.have = 0;
        } else if (count == 0) {
            return;
        }
    }
    pipes_.leave_unread();
}

void Stream::in_background() {
    helped_.store(true, std::memory_order_relaxed);
    push_all();
    if (arrived_bytes_ < most_arrived) {
        pull();
    }
    if (answer_) {
        std::erase_if(arrived_, [this](const auto& entry) {
            const auto& [peer, frame] = entry;
            return frame.header.kind == Frame::Kind::ask && answer_(peer, frame.header);
        });
    }
    has_arrived_.store(!arrived_.empty(), std::memory_order_relaxed);
}

void Stream::answer_asks_in_background_with(std::function<bool(int, const Frame::Header&)> answer) {
    const std::lock_guard lock(call_.team().messages());
    answer_ = std::move(answer);
}

void Stream::wait(const std::function<void(int, Frame&)>& on_frame) {
    bool any = false;
    const auto note = [&](int peer, Frame& frame) {
        any = true;
        on_frame(peer, frame);
    };
    receive(note);
    if (any) {
        return;
    }
    Call::Wait wait(call_);
    while (!any) {
        const bool pushed = flush_some();
        if (receive(note) || pushed) {
            wait.restart();
        } else {
            wait.pause();
        }
    }
}

}  // namespace cohort::detail

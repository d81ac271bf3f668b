#include <cohort/run/stream.hpp>

#include <algorithm>
#include <utility>

namespace cohort::detail {

void Stream::send(int peer, Frame::Header header, std::span<const std::byte> payload) {
    header.bytes = payload.size();
    Queue& queue = queues_[peer];
    append(queue.bytes, &header, sizeof(header));
    append(queue.bytes, payload.data(), payload.size());
    push(peer, queue);
}

bool Stream::push(int peer, Queue& queue) {
    queue.sent += pipes_.write_some(peer, std::span<const std::byte>(queue.bytes).subspan(queue.sent));
    if (queue.sent == queue.bytes.size()) {
        queue.bytes.clear();
        queue.sent = 0;
        return true;
    }
    return false;
}

bool Stream::flush_some() {
    bool all = true;
    for (auto& [peer, queue] : queues_) {
        all = push(peer, queue) && all;
    }
    return all;
}

void Stream::flush() {
    if (!flush_some()) {
        Call::Wait wait(call_);
        while (!flush_some()) {
            wait.pause();
        }
    }
}

bool Stream::receive(const std::function<void(int, Frame&)>& on_frame) {
    if (call_.team().rank() != 0) {
        return receive_from(0, on_frame);
    }
    bool any = false;
    pipes_.ready(ready_);
    for (const int peer : std::exchange(ready_, {})) {
        any = receive_from(peer, on_frame) || any;
    }
    return any;
}

bool Stream::receive_from(int peer, const std::function<void(int, Frame&)>& on_frame) {
    Incoming& incoming = incoming_[peer];
    bool any = false;
    for (;;) {
        constexpr std::size_t header_bytes = sizeof(Frame::Header);
        if (incoming.have < header_bytes) {
            auto* header = reinterpret_cast<std::byte*>(&incoming.frame.header);
            incoming.have += pipes_.read_some(peer, {header + incoming.have, header_bytes - incoming.have});
            if (incoming.have < header_bytes) {
                return any;
            }
            incoming.frame.payload.resize(incoming.frame.header.bytes);
        }
        const std::size_t have = incoming.have - header_bytes;
        const auto rest = std::span<std::byte>(incoming.frame.payload).subspan(have);
        const std::size_t count = rest.empty() ? 0 : pipes_.read_some(peer, rest);
        incoming.have += count;
        if (count < rest.size()) {
            if (count == 0) {
                return any;
            }
            continue;
        }
        incoming.have = 0;
        any = true;
        on_frame(peer, incoming.frame);
    }
}

void Stream::wait(const std::function<void(int, Frame&)>& on_frame) {
    if (!receive(on_frame)) {
        Call::Wait wait(call_);
        while (!receive(on_frame)) {
            flush_some();
            wait.pause();
        }
    }
}

}  // namespace cohort::detail

// What travels between the root and the other ranks while a call runs: items one way, results the other.
//
// Frames on a team's pipes. Sending never blocks by itself: what there is no room for stays in a queue, and whoever has
// nothing better to do pushes it on. At the end of a call each side has read every frame that the other sent, so the
// pipes are empty for the next call.
#pragma once

#include <cohort/run/codec.hpp>
#include <cohort/team/call.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace cohort::detail {

struct Frame {
    enum class Kind : std::uint32_t {
        results,  // to the root: runs of results; a rank's last one has `a` = 1
        ask,      // to the root: ready for more; `a` items finished since it was last told, in `b` ns
        note,     // to the root: the same without asking
        items,    // from the root: `b` items from index `a` on
        end,      // from the root: there are no more
    };
    struct Header {
        Kind kind = Kind::results;
        std::uint32_t padding = 0;
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        std::uint64_t bytes = 0;
    };

    Header header;
    Bytes payload;
};

// This rank's end of the streams of a call. Every member is local.
class Stream {
  public:
    explicit Stream(Call& call) : call_(call), pipes_(call.team().pipes()) {}

    void send(int peer, Frame::Header header, std::span<const std::byte> payload = {});
    // Pushes what there is room for; true if nothing is left to push.
    bool flush_some();
    // Pushes everything, waiting for room.
    void flush();
    // Calls on_frame(peer, frame) for every frame that is here; true if there was any.
    bool receive(const std::function<void(int, Frame&)>& on_frame);
    // Waits for a frame.
    void wait(const std::function<void(int, Frame&)>& on_frame);

  private:
    struct Queue {
        Bytes bytes;
        std::size_t sent = 0;
    };
    struct Incoming {
        Frame frame;
        std::size_t have = 0;  // bytes of the header, then of the payload
    };

    bool push(int peer, Queue& queue);
    bool receive_from(int peer, const std::function<void(int, Frame&)>& on_frame);

    Call& call_;
    Pipes& pipes_;
    std::map<int, Queue> queues_;
    std::map<int, Incoming> incoming_;
    std::vector<int> ready_;
};

}  // namespace cohort::detail

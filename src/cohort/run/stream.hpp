// What travels between the root and the other ranks while a call runs: items one way, results the other.
//
// Frames on a team's pipes. Sending never blocks by itself: what there is no room for stays in a queue, and whoever has
// nothing better to do pushes it on. While the rank is inside a long task, the team's helper does that, and takes in what
// has come, so a large result travels while its rank computes the next, and a root that is busy holds nobody back until
// a good deal waits for it. At the end of a call each side has read every frame that the other sent, so the pipes are
// empty for the next call.
#pragma once

#include <cohort/run/codec.hpp>
#include <cohort/team/call.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace cohort::detail {

struct Frame {
    enum class Kind : std::uint32_t {
        results,  // to the root: runs of results; a rank's last one has `a` = 1
        ask,      // to the root: ready for more; `a` items finished since it was last told, in `b` ns
        note,     // to the root: the same without asking
        items,    // from the root: `b` items from index `a` on
        end,      // from the root: there are no more
        lost,     // to the root: unit `a` failed, and gives no result in this pass
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

// Memory that is sent from where it is: kept until then.
struct Attachment {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;
};

// This rank's end of the streams of a call. Every member is local.
class Stream {
  public:
    explicit Stream(Call& call);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream();

    // The attachment becomes the end of the frame's payload.
    void send(int peer, Frame::Header header, Bytes payload = {}, Attachment attachment = {});
    // Pushes what there is room for; true if there was any. Quick if there is nothing to push.
    bool flush_some();
    // Pushes everything, waiting for room.
    void flush();
    // Waits until little is left to push, so that what a rank has made and not sent stays bounded.
    void flush_most();
    // Calls on_frame(peer, frame) for every frame that is here; true if there was any, or a part of one came. Quick if
    // nothing came.
    bool receive(const std::function<void(int, Frame&)>& on_frame);
    // Has the helper call answer(peer, ask) for every ask that has come; true: it is answered. Null: no more. The function
    // has the team's messages() locked, so it sends by send_locked.
    void answer_asks_in_background_with(std::function<bool(int, const Frame::Header&)> answer);
    void send_locked(int peer, Frame::Header header, Bytes payload, Attachment attachment = {});
    // True once after the helper had to act for this rank: its task took long.
    [[nodiscard]] bool was_helped() noexcept {
        return helped_.load(std::memory_order_relaxed) && helped_.exchange(false, std::memory_order_relaxed);
    }
    // Waits for a frame.
    void wait(const std::function<void(int, Frame&)>& on_frame);

  private:
    // Bytes on their way to a peer, in pieces so that a large payload need not be copied.
    struct Piece {
        Bytes own;
        Attachment attached;  // instead of own bytes

        [[nodiscard]] std::span<const std::byte> bytes() const {
            return attached.owner ? attached.bytes : std::span<const std::byte>(own);
        }
    };
    struct Queue {
        std::deque<Piece> pieces;
        std::size_t sent = 0;   // of the first piece
        std::size_t bytes = 0;  // not sent yet
    };
    struct Incoming {
        Frame frame;
        std::size_t have = 0;  // bytes of the header, then of the payload
    };

    // The caller has the team's messages().
    bool push(int peer, Queue& queue);
    bool push_all();
    void pull();
    void pull_from(int peer);
    void in_background();
    [[nodiscard]] std::size_t queued() const;
    template <typename Done>
    void wait_until(const Done& done);

    Call& call_;
    Pipes& pipes_;
    std::map<int, Queue> queues_;
    std::map<int, Incoming> incoming_;
    std::vector<std::pair<int, Frame>> arrived_;
    std::size_t arrived_bytes_ = 0;
    bool moved_ = false;  // bytes either way, since somebody asked
    std::atomic<bool> has_arrived_{false};
    std::atomic<bool> has_queued_{false};
    std::atomic<bool> helped_{false};
    std::vector<int> ready_;
    std::function<bool(int, const Frame::Header&)> answer_;
};

}  // namespace cohort::detail

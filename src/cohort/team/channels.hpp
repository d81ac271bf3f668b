// How nodes tell each other of hits, and agree that a call is over.
//
// Node leaders form a tree with two ordered channels per edge. Up go *hits* and then one *finished*, when all ranks of
// the node have left the call and all its children have finished; down go *horizons* and then one *end* with the
// result. MPI does not let messages on a channel overtake, so after the end nothing of the call is left on the way: no
// counting, no barrier, and receives stay posted from call to call. The number of the call is only an assertion.
#pragma once

#include <cohort/team/call_slot.hpp>
#include <cohort/team/nodes.hpp>
#include <cohort/team/outbox.hpp>
#include <cohort/team/transport.hpp>

#include <cstdint>
#include <deque>
#include <vector>

namespace cohort::detail {

// The channels of a node leader. Every member is local.
class Channels {
  public:
    struct Message {
        enum class Kind : std::uint32_t { horizon, over };

        Kind kind = Kind::horizon;
        std::uint64_t call = 0;
        std::uint64_t horizon = no_index;
        Totals totals;    // with `over`
        Verdict verdict;  // with `over`
    };

    // Posts the receives. `transport` and `outbox` outlive the channels.
    Channels(Transport& transport, Outbox& outbox, const Nodes& nodes);
    Channels(const Channels&) = delete;
    Channels& operator=(const Channels&) = delete;
    ~Channels();

    void begin(std::uint64_t call);

    // Reads what has come. Lowers `horizon` accordingly, and tells the others of the tree if it is lower than they know.
    void poll(std::atomic<std::uint64_t>& horizon);

    // True when all children have finished; `verdict` and `totals` then take in theirs, once.
    [[nodiscard]] bool children_finished() const noexcept { return children_left_ == 0; }
    [[nodiscard]] const std::vector<Message>& children_results() const noexcept { return results_; }

    // Tells the parent that this node and all below it have finished. At node 0 does nothing.
    void send_finished(const Totals& totals, const Verdict& verdict);
    // Tells the children that the call is over everywhere.
    void send_end(const Totals& totals, const Verdict& verdict);

    // What the parent said at the end; null before it has.
    [[nodiscard]] const Message* end() const noexcept { return ended_ ? &end_ : nullptr; }
    // A child that has not finished, or else the parent: the leader that this node waits for.
    [[nodiscard]] int silent_peer() const noexcept;
    [[nodiscard]] bool is_top() const noexcept { return parent_ < 0; }

  private:
    struct Edge {
        int rank = -1;
        int tag = 0;  // of what comes along it
        Message message;
        Request request;
        bool over = false;  // finished, or end, has come
    };

    void post(Edge& edge);
    [[nodiscard]] bool arrived(Edge& edge);
    void send(int rank, int tag, const Message& message);
    void spread(std::uint64_t horizon, int except);

    Transport& transport_;
    Outbox& outbox_;
    int parent_;
    std::deque<Edge> edges_;  // the parent's first, where there is one; addresses must stay
    std::uint64_t call_ = 0;
    std::uint64_t told_ = no_index;
    std::size_t children_left_ = 0;
    std::vector<Message> results_;
    Message end_;
    bool ended_ = false;
};

}  // namespace cohort::detail

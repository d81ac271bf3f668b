// What a team holds: its communicator, its nodes, its window of shared memory and its channels.
//
// One object per team and process, made once. Calls borrow from it; they create nothing of their own. A team of one, or
// without MPI, has the same window in plain memory and calls no MPI at all.
#pragma once

#include <cohort/team/call_slot.hpp>
#include <cohort/team/channels.hpp>
#include <cohort/team/grace.hpp>
#include <cohort/team/helper.hpp>
#include <cohort/team/nodes.hpp>
#include <cohort/team/outbox.hpp>
#include <cohort/team/pipes.hpp>
#include <cohort/team/shared_memory.hpp>
#include <cohort/team/spin_lock.hpp>
#include <cohort/team/transport.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cohort::detail {

struct CallPlan;

// What a node asks of the coordinator, and what it is granted.
struct AskMessage {
    std::uint64_t call = 0;
    std::uint64_t minimum = 1;  // of a chunk, in grains
    std::uint64_t items = 0;    // finished on the node so far
    std::int32_t node = 0;
};
struct GrantMessage {
    std::uint64_t call = 0;
    Batch batch;  // no grains: nothing is left
};

class Call;

class TeamCore {
  public:
    // Local.
    TeamCore();
    // Collective over the ranks of `transport`.
    explicit TeamCore(std::unique_ptr<Transport> transport);
    TeamCore(const TeamCore&) = delete;
    TeamCore& operator=(const TeamCore&) = delete;
    ~TeamCore();

    [[nodiscard]] int rank() const noexcept { return rank_; }
    [[nodiscard]] int size() const noexcept { return size_; }
    [[nodiscard]] bool alone() const noexcept { return size_ == 1; }
    [[nodiscard]] const Nodes& nodes() const noexcept { return nodes_; }
    [[nodiscard]] bool speaks_for_node() const noexcept { return nodes_.rank_in_node == 0; }
    [[nodiscard]] bool one_node() const noexcept { return nodes_.count() == 1; }
    [[nodiscard]] int node_size() const noexcept {
        return nodes_.ranks[static_cast<std::size_t>(nodes_.mine)];
    }
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] bool oversubscribed() const noexcept { return oversubscribed_; }
    // Not of a team that was made without one.
    [[nodiscard]] bool has_transport() const noexcept { return transport_ != nullptr; }
    [[nodiscard]] Transport& transport() const noexcept { return *transport_; }
    [[nodiscard]] Transport& node_transport() const noexcept { return *node_transport_; }
    // Waits until a request of transport() is complete.
    Arrival wait(Request request) { return transport_->wait(request, oversubscribed_); }
    // Local. What a rank does between two looks in vain, whatever it looks at: no message moves by itself, so what it has sent
    // is moved on every time, and all else now and then.
    void pause(Backoff& backoff);
    // Local. Moves on what this rank has sent, and all else that this process has under way.
    void drive();
    [[nodiscard]] Channels* channels() noexcept { return channels_ ? &*channels_ : nullptr; }
    [[nodiscard]] Pipes& pipes() noexcept { return *pipes_; }
    // Of a team of several nodes. Guarded by messages().
    [[nodiscard]] Outbox& outbox() noexcept { return *outbox_; }

    // The slot of a call, and this node's ranks' lines in it.
    [[nodiscard]] CallSlot& slot(std::uint64_t call) const noexcept;
    [[nodiscard]] RankSlot& rank_slot(std::uint64_t call, int rank_in_node) const noexcept;

    // Local. Starts a collective use of the team; throws UsageError if one is under way, which can only be from inside a
    // task. Frees what was marked.
    void enter(const char* what, const CallPlan* plan = nullptr);
    // Local. Numbers the calls: slots are made ready for the next number, so nothing else may take one.
    std::uint64_t next_call() noexcept { return ++calls_; }
    void leave() noexcept { busy_ = false; }

    // Guards what the rank and its helper both touch: outbox, channels, pipes, asks, streams.
    [[nodiscard]] SpinLock& messages() noexcept { return messages_; }
    // Local. From here on the helper serves `call`, in which others may need answers of this rank, or not. There is none where
    // the transport does not take threads.
    void lend_helper(Call& call, bool answers);
    // Local. Until here.
    void take_helper_back();
    // True if there can be none, though there are messages to move.
    [[nodiscard]] bool helpless() const noexcept {
        return transport_ != nullptr && !alone() && !transport_->takes_threads();
    }
    // Local. Waits until what this rank has sent was taken, unless its helper sees to that.
    void settle();
    // Local. This rank moves messages itself.
    void heard() noexcept {
        if (helper_) {
            helper_->heard();
        }
    }
    // Local. What the helper does, once: moves the messages of the call that is under way, and what is left of the one before.
    void serve_in_background() noexcept;
    // Local. The grace of calls that are not told one.
    [[nodiscard]] Grace grace() const noexcept { return grace_; }
    void set_grace(Grace grace) noexcept { grace_ = grace; }

    // Coordinator only: the receive for asks, posted from the start.
    [[nodiscard]] Request& ask_request() noexcept { return ask_request_; }
    [[nodiscard]] const AskMessage& ask_message() const noexcept { return ask_message_; }
    void post_ask();

    // Local. Takes over a team that was split from this one, to free it at the next call.
    void bury(std::shared_ptr<TeamCore> child) { buried_.push_back(std::move(child)); }
    void set_parent(const std::shared_ptr<TeamCore>& parent) { parent_ = parent; }
    [[nodiscard]] std::shared_ptr<TeamCore> parent() const { return parent_.lock(); }
    // Collective. Frees everything; the team must not be used afterwards.
    void close();

  private:
    void make_window();
    void push();
    // True if something that this rank has sent is not taken yet, as far as it knows.
    [[nodiscard]] bool is_sending() const noexcept {
        return (outbox_ && !outbox_->empty()) || (pipes_ && pipes_->sending());
    }

    std::unique_ptr<Transport> transport_;
    std::unique_ptr<Transport> node_transport_;
    int rank_ = 0;
    int size_ = 1;
    Nodes nodes_;
    std::string host_;
    bool oversubscribed_ = false;
    SharedMemory window_;
    std::optional<Outbox> outbox_;
    std::optional<Channels> channels_;
    std::optional<Pipes> pipes_;
    AskMessage ask_message_;
    Request ask_request_;
    SpinLock messages_;
    std::chrono::steady_clock::time_point driven_;
    Call* served_ = nullptr;
    std::optional<Helper> helper_;
    std::uint64_t calls_ = 0;
    Grace grace_;
    bool busy_ = false;
    bool closed_ = false;
    std::weak_ptr<TeamCore> parent_;
    std::vector<std::shared_ptr<TeamCore>> buried_;
};

// Marks a team as in use for a scope.
class Use {
  public:
    // `plan` of the call that uses it, if it is one.
    Use(TeamCore& core, const char* what, const CallPlan* plan = nullptr) : core_(core) {
        core.enter(what, plan);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() { core_.leave(); }

  private:
    TeamCore& core_;
};

}  // namespace cohort::detail

#include <cohort/team/team_core.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/team/agreement.hpp>
#include <cohort/team/call.hpp>
#include <cohort/team/collectives.hpp>

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace cohort::detail {
namespace {

constexpr int slots = 2;

// A rank with nothing of its own under way may still have to pass on what others gave in a collective operation. Not each
// time that it looks: MPI may give the core away, which takes long where others want it.
constexpr std::chrono::milliseconds between_drives{5};

}  // namespace

TeamCore::TeamCore() : host_(host_name()) {
    nodes_ = {{0}, {0}, {1}, 0, 0};
    make_window();
}

TeamCore::TeamCore(std::unique_ptr<Transport> transport)
    : transport_(std::move(transport)),
      rank_(transport_->rank()),
      size_(transport_->size()),
      host_(host_name()) {
    nodes_ = find_nodes(*transport_, node_transport_);
    oversubscribed_ = more_than_cores(node_size());
    make_window();
    if (nodes_.count() > 1) {
        outbox_.emplace(*transport_);
        if (speaks_for_node()) {
            channels_.emplace(*transport_, *outbox_, nodes_);
        }
        if (rank_ == 0) {
            post_ask();
        }
    }
}

TeamCore::~TeamCore() {
    helper_.reset();
    // A team that was never closed leaves its communicators to MPI's end: freeing them needs the other ranks.
    if (transport_ != nullptr) {
        transport_->cancel(ask_request_);
    }
}

void TeamCore::make_window() {
    const auto ranks = static_cast<std::size_t>(node_size());
    const std::size_t rings_at = slots * (sizeof(CallSlot) + ranks * sizeof(RankSlot));
    const bool has_rings = nodes_.mine == 0 && !alone();
    const std::size_t bytes = rings_at + (has_rings ? sizeof(Bell) + ranks * sizeof(RingPair) : 0);
    const auto make = [&] {
        window_ = alone() ? SharedMemory::alone(bytes)
                          : SharedMemory::over(*node_transport_, bytes, "a team's counters");
    };
    if (alone()) {
        make();
    } else {
        agree(*this, make);
    }
    auto* bell = has_rings ? reinterpret_cast<Bell*>(window_.data() + rings_at) : nullptr;
    auto* rings = has_rings ? reinterpret_cast<RingPair*>(window_.data() + rings_at + sizeof(Bell)) : nullptr;
    if (speaks_for_node()) {
        for (std::uint64_t call = 0; call < slots; ++call) {
            new (&slot(call)) CallSlot;
            slot(call).reset();
            for (std::size_t rank = 0; rank < ranks; ++rank) {
                new (&rank_slot(call, static_cast<int>(rank))) RankSlot;
            }
        }
        if (has_rings) {
            new (bell) Bell;
            bell->rung.store(0, std::memory_order_relaxed);
            std::uninitialized_default_construct_n(rings, ranks);
        }
    }
    barrier(*this);
    pipes_.emplace(transport_.get(), rank_, nodes_, bell, rings);
}

CallSlot& TeamCore::slot(std::uint64_t call) const noexcept {
    return *reinterpret_cast<CallSlot*>(window_.data() + (call % slots) * sizeof(CallSlot));
}

RankSlot& TeamCore::rank_slot(std::uint64_t call, int rank_in_node) const noexcept {
    const auto place =
        (call % slots) * static_cast<std::size_t>(node_size()) + static_cast<std::size_t>(rank_in_node);
    return *reinterpret_cast<RankSlot*>(window_.data() + slots * sizeof(CallSlot) + place * sizeof(RankSlot));
}

void TeamCore::enter(const char* what, const CallPlan* plan) {
    if (closed_) {
        throw UsageError(fmt::format("{} was called on a team that is closed", what), "its window is gone",
                         "close a team after its last call");
    }
    if (busy_) {
        throw UsageError(fmt::format("{} was called from inside a task of the same team", what),
                         "every rank would wait for ranks that are in tasks themselves",
                         "call it outside, or use team.split() or Team::alone() inside");
    }
    if constexpr (checks_calls) {
        expect_same_call(*this, plan != nullptr ? text_of(*plan) : what);
    }
    for (const std::shared_ptr<TeamCore>& child : buried_) {
        child->close();
    }
    buried_.clear();
    busy_ = true;
}

void TeamCore::pause(Backoff& backoff) {
    if (transport_ == nullptr) {
        backoff.pause();
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (is_sending() || now - driven_ >= between_drives) {
        driven_ = now;
        drive();
    }
    transport_->pause(backoff);
}

void TeamCore::drive() {
    if (is_sending()) {
        const std::lock_guard lock(messages_);
        push();
    }
    if (transport_ != nullptr) {
        transport_->drive();
    }
}

void TeamCore::push() {
    if (outbox_) {
        outbox_->push();
    }
    pipes_->push();
}

void TeamCore::lend_helper(Call& call, bool answers) {
    if (transport_ == nullptr || alone()) {
        return;
    }
    {
        const std::lock_guard lock(messages_);
        served_ = &call;
    }
    if (!helper_ && transport_->takes_threads()) {
        helper_.emplace([this] { serve_in_background(); }, [this] { return is_sending(); });
    }
    if (helper_) {
        helper_->begin(answers);
    }
}

void TeamCore::take_helper_back() {
    {
        const std::lock_guard lock(messages_);
        served_ = nullptr;
    }
    if (helper_) {
        helper_->end();
    }
}

void TeamCore::settle() {
    if (helper_) {
        return;
    }
    for (Backoff backoff(oversubscribed_); is_sending();) {
        pause(backoff);
    }
}

void TeamCore::serve_in_background() noexcept {
    try {
        {
            const std::lock_guard lock(messages_);
            if (served_ != nullptr) {
                served_->serve_in_background();
            }
            push();
        }
        transport_->drive();
    } catch (const Error&) {
        // What the rank itself asks of MPI next says so, too.
    }
}

void TeamCore::post_ask() {
    ask_request_ = transport_->start_receive(any_rank, tag::ask, writable_bytes_of(ask_message_));
}

void TeamCore::close() {
    if (closed_) {
        return;
    }
    for (const std::shared_ptr<TeamCore>& child : buried_) {
        child->close();
    }
    buried_.clear();
    closed_ = true;
    helper_.reset();
    settle();
    channels_.reset();
    outbox_.reset();
    pipes_.reset();
    if (transport_ != nullptr) {
        transport_->cancel(ask_request_);
        node_transport_->close();
        transport_->close();
    }
}

}  // namespace cohort::detail

#include <cohort/team/channels.hpp>

#include <cohort/plan/error.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace cohort::detail {

static_assert(std::is_trivially_copyable_v<Channels::Message>);
static_assert(sizeof(Channels::Message) <= short_message);

Channels::Channels(Transport& transport, Outbox& outbox, const Nodes& nodes)
    : transport_(transport), outbox_(outbox), parent_(nodes.parent()) {
    if (parent_ >= 0) {
        edges_.emplace_back().rank = parent_;
        edges_.back().tag = tag::down;
    }
    for (const int child : nodes.children()) {
        edges_.emplace_back().rank = child;
        edges_.back().tag = tag::up;
    }
    for (Edge& edge : edges_) {
        post(edge);
    }
}

Channels::~Channels() {
    for (Edge& edge : edges_) {
        transport_.cancel(edge.request);
    }
}

void Channels::begin(std::uint64_t call) {
    call_ = call;
    told_ = no_index;
    results_.clear();
    ended_ = false;
    children_left_ = 0;
    for (Edge& edge : edges_) {
        edge.over = false;
        children_left_ += edge.tag == tag::up ? 1 : 0;
    }
}

void Channels::post(Edge& edge) {
    edge.request = transport_.start_receive(edge.rank, edge.tag, writable_bytes_of(edge.message));
}

bool Channels::arrived(Edge& edge) {
    if (edge.over) {
        return false;  // what comes now is of the next call
    }
    const bool done = transport_.test(edge.request).has_value();
    if (done && edge.message.call != call_) {
        throw Fault(
            "a message of another call arrived (the ranks did not make the same calls in the same order)");
    }
    return done;
}

void Channels::poll(std::atomic<std::uint64_t>& horizon) {
    for (Edge& edge : edges_) {
        while (arrived(edge)) {
            const Message message = edge.message;
            edge.over = message.kind == Message::Kind::over;
            post(edge);
            if (edge.over && edge.tag == tag::up) {
                results_.push_back(message);
                --children_left_;
            } else if (edge.over) {
                end_ = message;
                ended_ = true;
            }
            if (message.horizon < horizon.load(std::memory_order_relaxed)) {
                std::uint64_t known = horizon.load(std::memory_order_relaxed);
                while (message.horizon < known && !horizon.compare_exchange_weak(known, message.horizon)) {}
            }
            if (message.horizon < told_ && !ended_) {
                told_ = message.horizon;
                spread(message.horizon, edge.rank);
            }
        }
    }
    const std::uint64_t mine = horizon.load(std::memory_order_relaxed);
    if (mine < told_ && !ended_) {
        told_ = mine;
        spread(mine, -1);
    }
}

void Channels::spread(std::uint64_t horizon, int except) {
    Message message;
    message.call = call_;
    message.horizon = horizon;
    for (const Edge& edge : edges_) {
        if (edge.rank != except && !edge.over) {
            send(edge.rank, edge.tag == tag::down ? tag::up : tag::down, message);
        }
    }
}

void Channels::send(int rank, int tag, const Message& message) {
    const std::size_t bytes =
        message.kind == Message::Kind::horizon ? offsetof(Message, totals) : sizeof(Message);
    outbox_.post(rank, tag, bytes_of(message).first(bytes));
}

void Channels::send_finished(const Totals& totals, const Verdict& verdict) {
    if (parent_ >= 0) {
        send(parent_, tag::up, {Message::Kind::over, call_, told_, totals, verdict});
    }
}

int Channels::silent_peer() const noexcept {
    for (const Edge& edge : edges_) {
        if (edge.tag == tag::up && !edge.over) {
            return edge.rank;
        }
    }
    return is_top() ? edges_.front().rank : parent_;
}

void Channels::send_end(const Totals& totals, const Verdict& verdict) {
    for (const Edge& edge : edges_) {
        if (edge.tag == tag::up) {
            send(edge.rank, tag::down, {Message::Kind::over, call_, told_, totals, verdict});
        }
    }
}

}  // namespace cohort::detail

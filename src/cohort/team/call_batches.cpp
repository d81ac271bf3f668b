// Where batches come from: the half of Call that hands out work.
#include <cohort/team/call.hpp>

#include <cohort/plan/error.hpp>

#include <algorithm>

namespace cohort::detail {
namespace {

// A chunk is worth this much, so that claiming it costs little and waiting for the last one too.
constexpr std::int64_t chunk_time = 100'000;  // ns
// An automatic search measures again after this many chunks a rank, then twice as many, and so on.
constexpr std::uint64_t search_chunks = 8;

}  // namespace

Share Call::share(std::uint64_t remaining, std::uint64_t node_ranks) const {
    return {remaining, node_ranks, static_cast<std::uint64_t>(team_.size())};
}

// With a bound on what is in flight, every rank must get its part of it.
Cut Call::bounded(Cut cut) const noexcept {
    if (plan_.in_flight > 0) {
        const std::uint64_t part = plan_.in_flight / (2 * static_cast<std::uint64_t>(team_.size()));
        cut.chunk = std::clamp<std::uint64_t>(part, 1, cut.chunk);
    }
    return cut;
}

std::uint64_t Call::measured_minimum() const {
    const std::uint64_t grains = slot_.measured_grains.load(std::memory_order_acquire);
    const std::int64_t time = slot_.measured_time.load(std::memory_order_relaxed);
    if (grains == 0) {
        return 1;
    }
    const double per_grain =
        static_cast<double>(std::max<std::int64_t>(time, 1)) / static_cast<double>(grains);
    return static_cast<std::uint64_t>(std::clamp(static_cast<double>(chunk_time) / per_grain, 1.0, 1e12));
}

Batch Call::first_batch() const {
    std::uint64_t first = 0;
    const bool probe = std::holds_alternative<Auto>(plan_.schedule);
    for (int node = 0;; ++node) {
        const Share all = share(
            plan_.grains, static_cast<std::uint64_t>(team_.nodes().ranks[static_cast<std::size_t>(node)]));
        const Cut cut = probe ? Cut{all.node_ranks, 1} : next_batch(plan_.schedule, all);
        const std::uint64_t grains = std::min(plan_.grains - first, cut.grains);
        if (node == team_.nodes().mine) {
            return {first, grains, bounded(cut).chunk};
        }
        first += grains;
    }
}

// On the coordinator's node. Takes the next batch off what no node has yet.
Batch Call::draw(std::uint64_t node_ranks, std::uint64_t minimum) {
    std::uint64_t granted = slot_.granted.load(std::memory_order_relaxed);
    const bool search = plan_.purpose == Purpose::search;
    for (;;) {
        const std::uint64_t first = first_batches_ + granted;
        const std::uint64_t remaining = plan_.grains - first;
        if (remaining == 0 || is_beyond(first)) {
            return {};
        }
        Cut cut = next_batch(resolve(plan_.schedule, minimum, plan_.purpose), share(remaining, node_ranks));
        if (search && std::holds_alternative<Auto>(plan_.schedule)) {
            // Small batches at first, because what is measured on a few grains may be far off.
            const std::uint64_t chunks = std::max(node_ranks * search_chunks, granted / cut.chunk);
            cut.grains = std::min(cut.grains, chunks * cut.chunk);
        }
        if (slot_.granted.compare_exchange_weak(granted, granted + cut.grains, std::memory_order_acq_rel)) {
            return {first, cut.grains, bounded(cut).chunk};
        }
    }
}

Batch Call::ask_coordinator(std::uint64_t minimum) {
    GrantMessage grant;
    Transport& transport = team_.transport();
    Request request = transport.start_receive(0, tag::grant, writable_bytes_of(grant));
    transport.send(0, tag::ask,
                   bytes_of(AskMessage{number(), minimum, items_finished(), team_.nodes().mine}));
    // An answer left in the queue of a rank that went back to its task would help nobody, so wait for it here.
    Wait wait(*this);
    while (!transport.test(request)) {
        wait.pause();
    }
    if (grant.call != number()) {
        throw Fault(
            "a batch of another call arrived (the ranks did not make the same calls in the same order)");
    }
    return grant.batch;
}

void Call::answer_asks() {
    for (;;) {
        const std::optional<Arrival> arrival = team_.transport().test(team_.ask_request());
        if (!arrival) {
            return;
        }
        const AskMessage ask = team_.ask_message();
        team_.post_ask();
        if (ask.call != number()) {
            throw Fault(
                "an ask of another call arrived (the ranks did not make the same calls in the same order)");
        }
        const auto node = static_cast<std::size_t>(ask.node);
        items_of_node_[node] = ask.items;
        const GrantMessage grant{number(),
                                 draw(static_cast<std::uint64_t>(team_.nodes().ranks[node]), ask.minimum)};
        team_.transport().send(arrival->source, tag::grant, bytes_of(grant));
    }
}

void Call::fetch_batch() {
    const bool automatic = std::holds_alternative<Auto>(plan_.schedule);
    Batch batch;
    if (entry_.end_ticket == 0 && log_position_ == 0) {
        batch = first_batch();
    }
    if (batch.grains == 0) {
        const std::uint64_t minimum = automatic ? measured_minimum() : 1;
        batch = team_.nodes().mine == 0 ? draw(static_cast<std::uint64_t>(team_.node_size()), minimum)
                                        : ask_coordinator(minimum);
    }
    append(batch, automatic && (log_position_ == 0 || plan_.purpose == Purpose::search));
}

void Call::append(const Batch& batch, bool measured) {
    if (batch.grains == 0) {
        slot_.closed.store(1, std::memory_order_release);
        return;
    }
    const std::uint64_t place = slot_.published.load(std::memory_order_relaxed);
    if (place == CallSlot::log_capacity) {
        throw Fault(
            "a call made more batches than its log holds (its schedule hands out too little at a time)");
    }
    const std::uint64_t first = entry_.end_ticket;
    slot_.log[place] = {first, first + batch.chunks(), batch, measured};
    slot_.published.store(place + 1, std::memory_order_release);
}

}  // namespace cohort::detail

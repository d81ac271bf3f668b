// Where batches come from: the half of Call that hands out work.
#include <cohort/team/call.hpp>

#include <cohort/plan/error.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>

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

// In ns; 0 if nothing has been measured.
double Call::time_per_grain() const {
    const std::uint64_t grains = slot_.measured_grains.load(std::memory_order_acquire);
    const std::int64_t time = slot_.measured_time.load(std::memory_order_relaxed);
    return grains == 0 ? 0.0
                       : static_cast<double>(std::max<std::int64_t>(time, 1)) / static_cast<double>(grains);
}

std::uint64_t Call::measured_minimum() const {
    const double per_grain = time_per_grain();
    if (per_grain == 0) {
        return 1;
    }
    return static_cast<std::uint64_t>(std::clamp(static_cast<double>(chunk_time) / per_grain, 1.0, 1e12));
}

// A search works in the order of grains, so what a node takes at a time must be small beside what has been done: the
// other nodes wait for it if the hit is there, and what they do meanwhile is lost. On one node chunks are in order
// anyway, but what an automatic search has measured on a few grains may be far off.
Cut Call::small_enough(Cut cut, std::uint64_t node_ranks, std::uint64_t granted) const {
    if (plan_.purpose != Purpose::search ||
        (team_.one_node() && !std::holds_alternative<Auto>(plan_.schedule))) {
        return cut;
    }
    const std::uint64_t done =
        team_.one_node() ? granted : granted / (8 * static_cast<std::uint64_t>(team_.nodes().count()));
    const std::uint64_t chunks = std::max(node_ranks * search_chunks, done / cut.chunk);
    cut.grains = chunks > cut.grains / cut.chunk ? cut.grains : chunks * cut.chunk;
    return cut;
}

// Each node's first batch needs no message: it is a pure function. With an automatic schedule it is a probe.
Cut Call::first_cut(std::uint64_t node_ranks) const {
    if (std::holds_alternative<Auto>(plan_.schedule)) {
        return {node_ranks, 1};
    }
    return small_enough(next_batch(plan_.schedule, share(plan_.grains, node_ranks)), node_ranks, 0);
}

Batch Call::first_batch() const {
    std::uint64_t first = 0;
    for (int node = 0;; ++node) {
        const Cut cut =
            first_cut(static_cast<std::uint64_t>(team_.nodes().ranks[static_cast<std::size_t>(node)]));
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
    for (;;) {
        const std::uint64_t first = first_batches_ + granted;
        const std::uint64_t remaining = plan_.grains - first;
        if (remaining == 0 || is_beyond(first)) {
            return {};
        }
        const Schedule schedule = resolve(plan_.schedule, minimum, plan_.purpose);
        const Cut cut = small_enough(next_batch(schedule, share(remaining, node_ranks)), node_ranks, granted);
        if (slot_.granted.compare_exchange_weak(granted, granted + cut.grains, std::memory_order_acq_rel)) {
            return {first, cut.grains, bounded(cut).chunk};
        }
    }
}

Batch Call::ask_coordinator(std::uint64_t minimum) {
    GrantMessage grant;
    Transport& transport = team_.transport();
    const std::int64_t asked = node_clock();
    Request request = transport.start_receive(0, tag::grant, writable_bytes_of(grant));
    {
        const std::lock_guard lock(team_.messages());
        team_.outbox().post(0, tag::ask,
                            bytes_of(AskMessage{number(), minimum, items_finished(), team_.nodes().mine}));
    }
    // An answer left in the queue of a rank that went back to its task would help nobody, so wait for it here.
    Wait wait(*this);
    while (!transport.test(request)) {
        wait.pause();
    }
    const std::int64_t took = node_clock() - asked;
    const std::int64_t before = slot_.round_trip.load(std::memory_order_relaxed);
    slot_.round_trip.store(before == 0 ? took : before + (took - before) / 4, std::memory_order_relaxed);
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
        items_elsewhere_.fetch_add(ask.items - items_of_node_[node], std::memory_order_relaxed);
        items_of_node_[node] = ask.items;
        const GrantMessage grant{number(),
                                 draw(static_cast<std::uint64_t>(team_.nodes().ranks[node]), ask.minimum)};
        team_.outbox().post(arrival->source, tag::grant, bytes_of(grant));
    }
}

void Call::fetch_batch() {
    Batch batch;
    if (entry_.end_ticket == 0 && log_position_ == 0) {
        batch = first_batch();
    }
    if (batch.grains == 0) {
        const std::uint64_t minimum = std::holds_alternative<Auto>(plan_.schedule) ? measured_minimum() : 1;
        batch = team_.nodes().mine == 0 ? draw(static_cast<std::uint64_t>(team_.node_size()), minimum)
                                        : ask_coordinator(minimum);
    }
    append(batch);
}

// A node away from the coordinator asks when what it has is worth less than two round trips. When a chunk takes much longer
// than one, waiting for the answer costs nothing worth mentioning, and a batch asked for late is fairer.
std::uint64_t Call::ask_ticket(std::uint64_t first, const Batch& batch) const {
    const std::uint64_t end = first + batch.chunks();
    const double chunk = time_per_grain() * static_cast<double>(batch.chunk);
    const auto round_trip = static_cast<double>(slot_.round_trip.load(std::memory_order_relaxed));
    if (team_.nodes().mine == 0 || chunk == 0 || chunk > 20 * round_trip) {
        return end;
    }
    const double ahead = std::ceil(2 * round_trip / chunk * team_.node_size());
    return ahead < static_cast<double>(batch.chunks()) ? end - static_cast<std::uint64_t>(ahead) : first;
}

void Call::append(const Batch& batch) {
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
    slot_.log[place] = {first, first + batch.chunks(), ask_ticket(first, batch), batch};
    slot_.published.store(place + 1, std::memory_order_release);
}

}  // namespace cohort::detail

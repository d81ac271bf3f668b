// How a call ends: the half of Call that makes all ranks leave together.
#include <cohort/team/call.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace cohort::detail {

Outcome Call::end(const Closing* closing) {
    interruptible_.close();  // from here on the verdict is only read
    see_signals();
    team_.take_helper_back();  // this rank does nothing but move messages now
    ++waits_;                  // and this rank is not in a task
    const std::int64_t left = node_clock();
    const std::int64_t stopped = slot_.stopped_at.load(std::memory_order_relaxed);
    Totals& totals = mine_.totals;
    totals.items = items_;
    totals.busy = left - entered_ - waited_;
    totals.waiting = waited_;
    totals.longest_busy = totals.busy;
    totals.slowest_rank = team_.rank();
    totals.ranks = 1;
    totals.wall = left - entered_;
    totals.stop_latency = stopped > 0 ? std::max<std::int64_t>(left - stopped, 0) : 0;

    if (closing != nullptr && !(closing->mine && mine_.parting.put(*closing->mine))) {
        slot_.unjoined.store(1, std::memory_order_relaxed);
    }
    const bool last = slot_.finished.fetch_add(1, std::memory_order_acq_rel) + 1 ==
                      static_cast<std::uint32_t>(team_.node_size());
    if (team_.one_node()) {
        if (last) {
            if (closing != nullptr) {
                join(*closing);
            }
            sum_node();
            release_node();
        }
    } else if (team_.channels() != nullptr) {
        end_node();
    }
    {
        Wait wait(*this);
        while (slot_.ended.load(std::memory_order_acquire) < number()) {
            wait.pause();
        }
    }
    team_.settle();
    Outcome outcome{slot_.verdict, slot_.totals, nullptr, std::nullopt};
    if (outcome.verdict.kind == Verdict::Kind::failure && outcome.verdict.rank == team_.rank()) {
        outcome.original = original_;
    }
    if (closing != nullptr && slot_.is_joined && outcome.verdict.kind == Verdict::Kind::none) {
        const auto bytes = slot_.joined.get();
        outcome.joined.emplace(bytes.begin(), bytes.end());
    }
    return outcome;
}

// On the rank that came last: the others have left what they have.
void Call::join(const Closing& closing) {
    if (slot_.unjoined.load(std::memory_order_relaxed) != 0 || slot_.verdict.kind != Verdict::Kind::none) {
        return;
    }
    try {
        std::vector<std::span<const std::byte>> all;
        for (int rank = 0; rank < team_.node_size(); ++rank) {
            all.push_back(team_.rank_slot(number(), rank).parting.get());
        }
        slot_.is_joined = slot_.joined.put(closing.join(all));
    } catch (...) {
        fail(0, no_index, std::current_exception());
    }
}

void Call::sum_node() {
    for (int rank = 0; rank < team_.node_size(); ++rank) {
        slot_.totals.add(team_.rank_slot(number(), rank).totals);
    }
}

// Every rank of the node has finished this call, so none is in the one before: its slot can be made ready.
void Call::release_node() {
    team_.slot(number() + 1).reset();
    for (int rank = 0; rank < team_.node_size(); ++rank) {
        team_.rank_slot(number() + 1, rank).items.store(0, std::memory_order_relaxed);
        team_.rank_slot(number() + 1, rank).waiting.store(0, std::memory_order_relaxed);
    }
    slot_.ended.store(number(), std::memory_order_release);
}

// On a node leader of several nodes: finished goes up when this node and all below it have, then end comes down.
void Call::end_node() {
    Channels& channels = *team_.channels();
    Wait wait(*this);
    while (slot_.finished.load(std::memory_order_acquire) < static_cast<std::uint32_t>(team_.node_size()) ||
           !channels.children_finished()) {
        wait.pause();
    }
    {
        const std::lock_guard lock(team_.messages());
        // The last rank may have lowered the horizon after the last look; nothing may follow what says that we have finished.
        channels.poll(slot_.horizon);
        sum_node();
        for (const Channels::Message& child : channels.children_results()) {
            slot_.totals.add(child.totals);
            if (precedes(child.verdict, slot_.verdict)) {
                slot_.verdict = child.verdict;
            }
        }
        channels.send_finished(slot_.totals, slot_.verdict);
    }
    if (!channels.is_top()) {
        while (channels.end() == nullptr) {
            wait.pause();
        }
        slot_.totals = channels.end()->totals;
        slot_.verdict = channels.end()->verdict;
    }
    {
        const std::lock_guard lock(team_.messages());
        channels.send_end(slot_.totals, slot_.verdict);
    }
    release_node();
}

}  // namespace cohort::detail

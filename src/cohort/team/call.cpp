#include <cohort/team/call.hpp>

#include <cohort/plan/error.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace cohort::detail {
namespace {

void lower(std::atomic<std::uint64_t>& horizon, std::uint64_t value) noexcept {
    std::uint64_t known = horizon.load(std::memory_order_relaxed);
    while (value < known && !horizon.compare_exchange_weak(known, value, std::memory_order_acq_rel)) {}
}

}  // namespace

void Outcome::raise_failure() const {
    if (failed()) {
        raise(verdict.failure, original, totals.items);
    }
}

Call::Call(TeamCore& team, const CallPlan& plan)
    : team_(team),
      use_(team, plan.what, &plan),
      number_(team.next_call()),
      plan_(plan),
      slot_(team.slot(number_)),
      mine_(team.rank_slot(number_, team.nodes().rank_in_node)),
      interruptible_(slot_.horizon),
      is_static_(is_static(plan.schedule)),
      has_channels_(team.channels() != nullptr),
      listens_(has_channels_ || team.helpless()),
      entered_(node_clock()) {
    if (!plan_.grace) {
        plan_.grace = team.grace();
    }
    if (!is_static_) {
        for (const int ranks : team.nodes().ranks) {
            const std::uint64_t grains = first_cut(static_cast<std::uint64_t>(ranks)).grains;
            first_batches_ += std::min(plan_.grains - first_batches_, grains);
        }
    }
    if (team.rank() == 0) {
        items_of_node_.assign(static_cast<std::size_t>(team.nodes().count()), 0);
    }
    if (has_channels_) {
        team.channels()->begin(number_);
    }
    // The coordinator answers asks, and other leaders pass on what their nodes must hear.
    team.lend_helper(*this, has_channels_);
}

Call::~Call() { team_.take_helper_back(); }

std::optional<Chunk> Call::claim() {
    poll();
    const std::optional<Chunk> chunk = is_static_ ? claim_static() : claim_ticket();
    if (!chunk || is_beyond(chunk->first) || (plan_.in_flight > 0 && !wait_for_room(*chunk))) {
        return std::nullopt;
    }
    grains_of_chunk_ = chunk->count;
    claimed_at_ = measuring_ ? node_clock() : 0;
    return chunk;
}

std::optional<Chunk> Call::claim_static() {
    return static_chunk(plan_.schedule, plan_.grains, static_cast<std::uint64_t>(team_.size()),
                        static_cast<std::uint64_t>(team_.rank()), static_chunks_++);
}

std::optional<Chunk> Call::claim_ticket() {
    const std::uint64_t ticket = slot_.ticket.fetch_add(1, std::memory_order_acq_rel);
    std::optional<Wait> wait;
    for (;;) {
        if (ticket < entry_.end_ticket) {
            const Chunk chunk = entry_.batch[ticket - entry_.first_ticket];
            if (ticket == entry_.ask_ticket && !is_beyond(chunk.first)) {
                fetch_batch();
            }
            return chunk;
        }
        if (log_position_ < slot_.published.load(std::memory_order_acquire)) {
            entry_ = slot_.log[log_position_++];
            measuring_ = true;
            continue;
        }
        if (is_beyond(entry_.batch.first + entry_.batch.grains)) {
            return std::nullopt;  // whatever comes next lies beyond the horizon
        }
        if (slot_.closed.load(std::memory_order_acquire) != 0 &&
            log_position_ == slot_.published.load(std::memory_order_acquire)) {
            return std::nullopt;
        }
        if (ticket == entry_.ask_ticket) {
            wait.reset();
            fetch_batch();
            continue;
        }
        if (!wait) {
            wait.emplace(*this);
        }
        wait->pause();
    }
}

bool Call::wait_for_room(const Chunk& chunk) {
    const auto full = [&] {
        return chunk.first >= slot_.delivered.load(std::memory_order_acquire) + plan_.in_flight;
    };
    if (full()) {
        Wait wait(*this);
        while (full() && !is_beyond(chunk.first)) {
            wait.pause();
        }
    }
    return !is_beyond(chunk.first);
}

bool Call::listen_and_see(std::uint64_t grain) {
    if (has_channels_) {
        const std::lock_guard lock(team_.messages());
        move_messages();
    } else {
        team_.drive();
    }
    return is_beyond(grain);
}

void Call::finished(std::uint64_t items) {
    items_ += items;
    mine_.items.store(items_, std::memory_order_relaxed);
    if (claimed_at_ != 0) {
        slot_.measured_time.fetch_add(node_clock() - claimed_at_, std::memory_order_relaxed);
        slot_.measured_grains.fetch_add(grains_of_chunk_, std::memory_order_release);
        // Once per batch and rank is enough.
        measuring_ = false;
        claimed_at_ = 0;
    }
}

void Call::hit(std::uint64_t grain) {
    record({Verdict::Kind::hit, team_.rank(), grain, {}}, grain);
    poll();  // the other nodes should hear of it now
}

void Call::hit_any(std::uint64_t grain) {
    record({Verdict::Kind::hit, team_.rank(), grain, {}}, 0);
    poll();
}

void Call::fail(std::uint64_t grain, Index item, std::exception_ptr exception, int attempts) {
    const Verdict verdict{Verdict::Kind::failure, team_.rank(), grain,
                          describe(exception, item, team_.rank(), team_.host(), attempts)};
    // The first of this rank is the lowest: its chunks come in ascending order.
    if (original_ == nullptr) {
        original_ = std::move(exception);
    }
    record(verdict, plan_.purpose == Purpose::search ? grain : 0);
}

bool Call::precedes(const Verdict& a, const Verdict& b) const noexcept {
    if (a.kind == Verdict::Kind::none || b.kind == Verdict::Kind::none) {
        return b.kind == Verdict::Kind::none && a.kind != Verdict::Kind::none;
    }
    // A search that was interrupted has dropped grains below its hit; elsewhere a failure says more.
    if (plan_.purpose == Purpose::search) {
        return std::pair(a.grain, a.kind) < std::pair(b.grain, b.kind);
    }
    return std::pair(a.kind, a.grain) < std::pair(b.kind, b.grain);
}

void Call::record(const Verdict& verdict, std::uint64_t horizon) {
    {
        const std::lock_guard lock(slot_.verdict_lock);
        if (precedes(verdict, slot_.verdict)) {
            slot_.verdict = verdict;
            slot_.stopped_at.store(node_clock(), std::memory_order_relaxed);
        }
    }
    lower(slot_.horizon, horizon);
}

Verdict Call::verdict_so_far() const {
    const std::lock_guard lock(slot_.verdict_lock);
    return slot_.verdict;
}

void Call::poll() {
    team_.heard();
    see_signals();
    if (has_channels_) {
        const std::lock_guard lock(team_.messages());
        move_messages();
    } else if (driving_.due()) {
        team_.drive();
    }
}

std::uint64_t Call::look(std::uint64_t done, std::uint64_t end) {
    if (looks_.look()) {
        poll();
    }
    return done + std::min(end - done, stride());
}

void Call::see_signals() {
    if (const int signal = interruptible_.signal(); signal != 0 && !saw_signal_) {
        saw_signal_ = true;
        record({Verdict::Kind::interrupted, team_.rank(), 0,
                describe_interrupt(signal, team_.rank(), team_.host())},
               0);
    }
}

// The caller has the team's messages().
void Call::move_messages() {
    if (background_error_ != nullptr) {
        std::rethrow_exception(std::exchange(background_error_, nullptr));
    }
    if (!has_channels_) {
        return;
    }
    team_.outbox().push();
    team_.channels()->poll(slot_.horizon);
    std::int64_t never = 0;
    if (is_beyond(no_index - 1)) {
        slot_.stopped_at.compare_exchange_strong(never, node_clock(), std::memory_order_relaxed);
    }
    if (team_.rank() == 0) {
        answer_asks();
    }
}

void Call::serve_in_background() noexcept {
    try {
        move_messages();
        if (background_) {
            background_();
        }
    } catch (...) {
        background_error_ = std::current_exception();
    }
}

void Call::serve_in_background_with(std::function<void()> service) {
    {
        const std::lock_guard lock(team_.messages());
        background_ = std::move(service);
    }
    if (background_) {
        team_.lend_helper(*this, true);
    }
}

std::uint64_t Call::items_finished() const {
    std::uint64_t items = 0;
    for (int rank = 0; rank < team_.node_size(); ++rank) {
        items += team_.rank_slot(number(), rank).items.load(std::memory_order_relaxed);
    }
    return items + items_elsewhere_.load(std::memory_order_relaxed);
}

Call::Wait::Wait(Call& call) : call_(call), backoff_(call.team_.oversubscribed()), since_(node_clock()) {
    ++call.waits_;
    call.mine_.waiting.store(1, std::memory_order_relaxed);
}

Call::Wait::~Wait() {
    call_.waited_ += node_clock() - since_;
    call_.mine_.waiting.store(--call_.waits_, std::memory_order_relaxed);
}

void Call::Wait::pause() {
    call_.poll();
    if (call_.service_ && call_.service_()) {
        restart();
    }
    call_.mind_the_grace();
    call_.team_.pause(backoff_);
}

void Call::Wait::restart() { backoff_ = Backoff(call_.team_.oversubscribed()); }

}  // namespace cohort::detail

// One call of a team: how its ranks claim work, stop early, and leave together.
//
//     detail::Call call(core, {.what = "map", .grains = n, .schedule = schedule});
//     while (const auto chunk = call.claim()) {
//         ...                                    // asking call.is_beyond(grain) as often as it likes
//         call.finished(chunk->count);
//     }
//     const Outcome outcome = call.end();        // the same on every rank
//
// Nobody is set aside to hand out work. A claim takes a ticket, one atomic add on the node's window, and finds the
// ticket's batch in a log beside it. The rank whose ticket is the first that no batch covers fetches the next one: from
// a word in the window on the coordinator's node, by one message elsewhere. Ranks with later tickets own their places
// in that batch already and wait for it. So exactly one rank asks, and no lock is needed. Hits and failures lower the
// call's horizon, a word that a task may read every few nanoseconds.
#pragma once

#include <cohort/plan/schedule.hpp>
#include <cohort/team/backoff.hpp>
#include <cohort/team/grace.hpp>
#include <cohort/team/interrupt.hpp>
#include <cohort/team/pulse.hpp>
#include <cohort/team/team_core.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cohort::detail {

struct CallPlan {
    const char* what = "a call";
    std::uint64_t grains = 0;
    Schedule schedule = Auto{};
    Purpose purpose = Purpose::map;
    std::uint64_t in_flight =
        0;  // claimed and not yet delivered to the root; 0: no bound. Teams on one node only

    // What the layer above does by it: ranks that differ in these do not make the same call.
    int retries = 0;
    bool collects = false;
    bool results_everywhere = false;

    Grace grace = {};  // for ranks that do not leave once the call has failed
};

// How a call ended; the same on every rank.
struct Outcome {
    Verdict verdict;
    Totals totals;
    std::exception_ptr original;  // on the rank whose failure it is
    // What a closing made; none on several nodes, where it was too much, and after a failure.
    std::optional<std::vector<std::byte>> joined;

    [[nodiscard]] bool hit() const noexcept { return verdict.kind == Verdict::Kind::hit; }
    [[nodiscard]] bool failed() const noexcept {
        return verdict.kind == Verdict::Kind::failure || verdict.kind == Verdict::Kind::interrupted;
    }
    // Throws the failure, if it is one.
    void raise_failure() const;
};

// Every member but the constructor and end() is local.
class Call {
  public:
    // Collective, without waiting. Throws UsageError if the team is in a call already.
    Call(TeamCore& team, const CallPlan& plan);
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call();

    // The next chunk of this rank; none when nothing is left below the horizon. Chunks come in ascending order.
    [[nodiscard]] std::optional<Chunk> claim();

    // True if work on `grain` can no longer change the answer. One load.
    [[nodiscard]] bool is_beyond(std::uint64_t grain) const noexcept {
        return grain >= slot_.horizon.load(std::memory_order_relaxed);
    }
    // True for a rank that takes in what other nodes say, and for one without a helper: while it is in a task, nobody else
    // may be there to move messages.
    [[nodiscard]] bool listens() const noexcept { return listens_; }
    // False, most times, where is_beyond_as_heard would not look anyway. Counts, and is quick.
    [[nodiscard]] bool may_listen() noexcept { return listening_.may_be_due(); }
    // For such a rank in the middle of `grain`: is_beyond, after a look for messages if the last is some time ago.
    [[nodiscard]] bool is_beyond_as_heard(std::uint64_t grain) {
        return listening_.due() && listen_and_see(grain);
    }

    // How many tasks may run before the next look(). What a rank does between two claims may take hours, and no task of it ask
    // for anything.
    [[nodiscard]] std::uint64_t stride() const noexcept { return looks_.stride(); }
    // Polls, if the last time is some time ago. Returns where to look again, of tasks that were done up to `done` of `end`.
    std::uint64_t look(std::uint64_t done, std::uint64_t end);

    // Tells of the last chunk claimed: so many of its items are finished.
    void finished(std::uint64_t items);

    // A search found something in `grain`: what lies beyond need not be done.
    void hit(std::uint64_t grain);
    // Likewise, and nothing else need be done at all.
    void hit_any(std::uint64_t grain);
    // A task of `grain` threw. In a search this counts as a hit; elsewhere everyone stops. `item` is no_index for what
    // is not a task: a source, a sink, a callback.
    void fail(std::uint64_t grain, Index item, std::exception_ptr exception, int attempts = 1);

    // Moves messages on and looks for signals. Done by claim() and end() too.
    void poll();
    // What the helper does for a rank that is inside a long task. The caller has the team's messages().
    void serve_in_background() noexcept;
    // Has the helper call `service`, which must have an end soon and call no code of the user, with the team's messages()
    // locked; null: no more.
    void serve_in_background_with(std::function<void()> service);
    // What this rank does for the call whenever it waits, such as taking in results; true if there was something to do,
    // so that the wait stays quick. Must not throw.
    void serve_with(std::function<bool()> service) { service_ = std::move(service); }

    // A wait: each pause polls, serves and backs off. Its time counts as waiting.
    class Wait {
      public:
        explicit Wait(Call& call);
        Wait(const Wait&) = delete;
        Wait& operator=(const Wait&) = delete;
        ~Wait();
        void pause();
        // Something came: be quick again.
        void restart();

      private:
        Call& call_;
        Backoff backoff_;
        std::int64_t since_;
    };

    // Items finished so far, as far as this rank knows: exact for its node.
    [[nodiscard]] std::uint64_t items_finished() const;
    // On the root, streams: so many more items are consumed. Nobody else writes the word, so it need not be an atomic add,
    // which every item would pay.
    void delivered(std::uint64_t items) {
        slot_.delivered.store(delivered_items() + items, std::memory_order_release);
    }
    [[nodiscard]] std::uint64_t delivered_items() const {
        return slot_.delivered.load(std::memory_order_relaxed);
    }

    // What the ranks of a node make of little that each has, while they wait for the end anyway. `join` is called on one
    // rank with what every rank gave, by rank; its result is everyone's, and what it throws is the call's failure.
    struct Closing {
        std::optional<std::span<const std::byte>> mine;  // none: it is too much
        std::function<std::vector<std::byte>(const std::vector<std::span<const std::byte>>&)> join;
    };

    // Collective. Returns when all ranks have come and everyone knows how the call ended. All give a closing, or none.
    [[nodiscard]] Outcome end(const Closing* closing = nullptr);

    [[nodiscard]] TeamCore& team() noexcept { return team_; }
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  private:
    [[nodiscard]] std::optional<Chunk> claim_static();
    [[nodiscard]] std::optional<Chunk> claim_ticket();
    [[nodiscard]] bool wait_for_room(const Chunk& chunk);
    void fetch_batch();
    [[nodiscard]] Batch first_batch() const;
    [[nodiscard]] Batch draw(std::uint64_t node_ranks, std::uint64_t minimum);
    [[nodiscard]] Batch ask_coordinator(std::uint64_t minimum);
    void answer_asks();
    void append(const Batch& batch);
    [[nodiscard]] std::uint64_t ask_ticket(std::uint64_t first, const Batch& batch) const;
    [[nodiscard]] double time_per_grain() const;
    [[nodiscard]] Cut first_cut(std::uint64_t node_ranks) const;
    [[nodiscard]] Cut small_enough(Cut cut, std::uint64_t node_ranks, std::uint64_t granted) const;
    [[nodiscard]] bool listen_and_see(std::uint64_t grain);
    void see_signals();
    void move_messages();
    [[nodiscard]] std::uint64_t measured_minimum() const;
    [[nodiscard]] Cut bounded(Cut cut) const noexcept;
    [[nodiscard]] Share share(std::uint64_t remaining, std::uint64_t node_ranks) const;

    void record(const Verdict& verdict, std::uint64_t horizon);
    [[nodiscard]] bool precedes(const Verdict& a, const Verdict& b) const noexcept;
    void join(const Closing& closing);
    [[nodiscard]] Verdict verdict_so_far() const;
    [[nodiscard]] std::string laggards(std::chrono::milliseconds late) const;
    void mind_the_grace();
    void end_node();
    void sum_node();
    void release_node();

    TeamCore& team_;
    Use use_;
    std::uint64_t number_;
    CallPlan plan_;
    CallSlot& slot_;
    RankSlot& mine_;
    Interruptible interruptible_;
    std::function<bool()> service_;

    // A look costs 0.3 us, and 1.3 us where MPI gives its core away, so a loop that asks all the time hardly slows.
    Pulse listening_{std::chrono::microseconds(50)};
    // Between tasks, which need not ask. Asking for the time costs 25 ns: 0.5 % of so many tasks of 10 ns.
    Pulse looks_{std::chrono::microseconds(250), 512};
    // Of a rank that hears from other nodes through its leader.
    Pulse driving_{std::chrono::milliseconds(1)};
    bool is_static_;
    bool has_channels_;
    bool listens_;
    std::uint64_t static_chunks_ = 0;
    LogEntry entry_;  // of the last ticket
    std::uint64_t log_position_ = 0;
    std::uint64_t first_batches_ = 0;  // grains that the nodes' first batches cover

    std::int64_t entered_;
    std::int64_t waited_ = 0;
    std::int64_t claimed_at_ = 0;
    std::uint64_t items_ = 0;
    std::uint64_t grains_of_chunk_ = 0;
    bool measuring_ = false;  // the chunk is the first of its batch on this rank
    bool saw_signal_ = false;
    unsigned waits_ = 0;                        // one within another
    std::vector<std::uint64_t> items_of_node_;  // coordinator: as the nodes said when they asked
    std::atomic<std::uint64_t> items_elsewhere_{0};
    std::exception_ptr original_;
    std::function<void()> background_;  // with the team's messages() locked, as is the next
    std::exception_ptr background_error_;
};

}  // namespace cohort::detail

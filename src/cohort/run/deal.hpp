// Items that only the root has, and streams that cross nodes: the root deals.
//
// A rank asks twice at the start and then whenever it begins with what it got, so one run of items is on its way while
// another is worked on. The root answers asks and takes in results first; with neither waiting it works itself, and
// looks up every millisecond or between two tasks; while one of its own tasks is long, its helper deals from a reserve.
// A run of items follows the schedule, but holds no more than a megabyte, unless one item alone does.
#pragma once

#include <cohort/plan/grains.hpp>
#include <cohort/run/deck.hpp>
#include <cohort/run/engine.hpp>
#include <cohort/run/reserve.hpp>

#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace cohort::detail {

// On the root: takes items off the input for a run of units of `size` items.
template <typename In>
class Supply {
  public:
    using Item = typename In::Item;

    Supply(In& input, std::uint64_t size) : input_(input), size_(size) {}

    [[nodiscard]] std::optional<std::uint64_t> units() const {
        if constexpr (produces) {
            return std::nullopt;
        } else {
            return Grains{.items = input_.count(), .size = size_}.count();
        }
    }

    // Calls put(item), which returns the bytes held so far, for the items of `chunk` until there are many bytes. Returns
    // the number of units that were begun; `ended` becomes true at the end of the input.
    template <typename Put>
    std::uint64_t fetch(const Chunk& chunk, const Put& put, bool& ended) {
        for (std::uint64_t unit = 0; unit < chunk.count; ++unit) {
            std::size_t bytes = 0;
            const std::uint64_t first = (chunk.first + unit) * size_;
            for (std::uint64_t k = first; k - first < size_; ++k) {
                if constexpr (produces) {
                    std::optional<Item> item = input_.next();
                    if (!item) {
                        ended = true;
                        return unit + (k == first ? 0 : 1);
                    }
                    bytes = put(std::move(*item));
                } else if (k < input_.count()) {
                    bytes = put(input_.at(k));
                }
            }
            if (bytes > most_bytes) {
                return unit + 1;
            }
        }
        return chunk.count;
    }

  private:
    static constexpr bool produces = requires(In & input) { input.next(); };
    static constexpr std::size_t most_bytes = 1 << 20;

    In& input_;
    std::uint64_t size_;
};

// The root's side.
template <typename R, typename In, typename Body, typename Deliver>
class Dealer {
  public:
    using Item = typename In::Item;

    Dealer(Running& running, In& input, std::uint64_t size, Purpose purpose, std::uint64_t in_flight,
           Body& body, Deliver& deliver)
        : running_(running),
          call_(running.call()),
          input_(input),
          size_(size),
          in_flight_(in_flight),
          body_(body),
          stream_(call_),
          delivery_(call_, deliver),
          reserve_(call_, stream_, size),
          supply_(input, size),
          deck_(running.options().schedule, purpose, units(), call_.team().size()) {}

    void run() {
        for (;;) {
            const bool came = serve();
            call_.poll();
            running_.tell();
            if (came || work()) {
                continue;
            }
            if (delivery_.complete() && nothing_left()) {
                return;
            }
            Call::Wait wait(call_);
            while (!serve() && (room(0) == 0 || over(0)) && reserve_.empty()) {
                if (delivery_.complete() && over(0)) {
                    return;
                }
                wait.pause();
            }
        }
    }

  private:
    [[nodiscard]] std::optional<std::uint64_t> units() const {
        if constexpr (In::shipped) {
            return supply_.units();
        } else {
            return Grains{.items = input_.count(), .size = size_}.count();
        }
    }
    [[nodiscard]] bool over(int rank) {
        const std::optional<std::uint64_t> next = deck_.next(rank);
        return !next || call_.is_beyond(*next);
    }
    [[nodiscard]] bool nothing_left() { return over(0) && reserve_.empty(); }
    // How many items from the next of `rank` on may be dealt now. Counted from the item's place, not from what is under way:
    // with static blocks in an ordered stream, what is under way may all be waiting for an item that is not.
    [[nodiscard]] std::uint64_t room(int rank) {
        const std::uint64_t next = deck_.next(rank).value_or(0) * size_;
        const std::uint64_t end = call_.delivered_items() + in_flight_;
        return in_flight_ == 0 ? no_index : end > next ? end - next : 0;
    }
    [[nodiscard]] std::uint64_t most_units(int rank) {
        const std::uint64_t part = in_flight_ / (2 * static_cast<std::uint64_t>(call_.team().size()));
        return in_flight_ == 0 ? no_index : std::max<std::uint64_t>(std::min(room(rank), part) / size_, 1);
    }

    // Takes in results and answers asks; true if there were any.
    bool serve() {
        bool any = stream_.receive([this](int peer, Frame& frame) { take(peer, frame); });
        for (const Frame::Header& ask : reserve_.answered()) {
            account(ask);
        }
        const std::size_t answered = std::erase_if(asks_, [this](int peer) { return deal_to(peer); });
        const bool pushed = stream_.flush_some();
        return any || answered > 0 || pushed;
    }

    void take(int peer, Frame& frame) {
        if (frame.header.kind == Frame::Kind::results || frame.header.kind == Frame::Kind::lost) {
            delivery_.take(frame);
            return;
        }
        if (frame.header.kind == Frame::Kind::ask) {
            asks_.push_back(peer);
        }
        account(frame.header);
    }
    // What an ask or a note says of the items that its rank has finished.
    void account(const Frame::Header& news) {
        deck_.measured(news.a / size_, static_cast<std::int64_t>(news.b));
        if constexpr (std::is_same_v<R, Nothing>) {
            call_.delivered(news.a);
        }
    }

    // False if there is no room for now.
    bool deal_to(int peer) {
        std::optional<Parcel> parcel = reserve_.take();
        if (!parcel && !over(peer)) {
            if (room(peer) == 0) {
                return false;
            }
            parcel = packed_run(peer);
        }
        if (parcel) {
            stream_.send(peer, {.kind = Frame::Kind::items, .a = parcel->first, .b = parcel->items},
                         std::move(parcel->payload));
        } else {
            stream_.send(peer, {.kind = Frame::Kind::end});
        }
        return true;
    }

    // The next run of `rank` as it travels; none if there is none after all.
    std::optional<Parcel> packed_run(int rank) {
        Parcel parcel;
        const auto put = [&](const Item& item) {
            pack<Item>(parcel.payload, item);
            return parcel.payload.size();
        };
        const auto chunk = draw(rank, put, parcel.items);
        if (!chunk) {
            return std::nullopt;
        }
        parcel.first = chunk->first * size_;
        return parcel;
    }

    // Puts runs aside for the helper to deal, if this rank's tasks are long.
    void fill_reserve() {
        while (tasks_are_long_ && !deck_.is_static() && reserve_.wants_more() && !over(0) && room(0) > 0) {
            std::optional<Parcel> parcel = packed_run(0);
            if (!parcel) {
                return;
            }
            reserve_.put(std::move(*parcel));
        }
    }

    template <typename Put>
    std::optional<Chunk> draw(int rank, const Put& put, std::uint64_t& items) {
        std::optional<Chunk> chunk = deck_.take(rank, most_units(rank));
        if (!chunk) {
            return chunk;
        }
        if constexpr (In::shipped) {
            bool ended = false;
            std::uint64_t begun = 0;
            try {
                begun = supply_.fetch(
                    *chunk,
                    [&](auto&& item) {
                        ++items;
                        return put(std::forward<decltype(item)>(item));
                    },
                    ended);
            } catch (...) {
                // What was made before still counts: a search may find something there.
                begun = items / size_;
                items = begun * size_;
                call_.fail(chunk->first + begun, no_index, std::current_exception());
            }
            deck_.put_back(rank, {chunk->first + begun, chunk->count - begun});
            if (ended) {
                deck_.end_at(chunk->first + begun);
            }
            chunk->count = begun;
        } else {
            items = std::min(chunk->count * size_, input_.count() - chunk->first * size_);
        }
        return items > 0 ? chunk : std::nullopt;
    }

    // Runs units on this rank. False if there are none for now.
    bool work() {
        std::optional<Parcel> parcel = reserve_.take();
        if (!parcel && (over(0) || room(0) == 0)) {
            return false;
        }
        Held<Item> held;
        Bytes sent;
        const auto put = [&](auto&& item) {
            if (running_.tries_again()) {
                pack<Item>(sent, item);
            }
            held.items.push_back(std::forward<decltype(item)>(item));
            return held.items.size() * sizeof(Item);
        };
        std::optional<Chunk> chunk;
        if (parcel) {
            chunk = Chunk{parcel->first / size_, Grains{.items = parcel->items, .size = size_}.count()};
            sent = std::move(parcel->payload);
        } else {
            std::uint64_t items = 0;
            chunk = draw(0, put, items);
        }
        if (!chunk) {
            return false;
        }
        held.first = chunk->first * size_;
        held.sent = sent;
        if constexpr (In::shipped) {
            if (parcel) {
                held.unpack_sent(parcel->items);
            }
        }
        fill_reserve();
        const auto start = std::chrono::steady_clock::now();
        Pulse pulse(results_wait);
        for (std::uint64_t k = chunk->first; k - chunk->first < chunk->count && !call_.is_beyond(k); ++k) {
            call_.finished(run_own(held, {k, 1}));
            if (pulse.due()) {
                serve();
                call_.poll();
            }
        }
        const auto time = std::chrono::steady_clock::now() - start;
        deck_.measured(chunk->count, std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
        tasks_are_long_ = time > std::chrono::milliseconds(1) * chunk->count;
        return true;
    }

    std::uint64_t run_own(Held<Item>& held, Chunk chunk) {
        const auto keep = [this](std::uint64_t k, R&& result) { delivery_(k, std::move(result)); };
        const auto lose = [this](std::uint64_t k) { delivery_.lost(k); };
        Ran ran;
        if constexpr (In::shipped) {
            ran = run_units(running_, held, held.end(), size_, chunk, body_, keep, lose);
        } else {
            ran = run_units(running_, input_, input_.count(), size_, chunk, body_, keep, lose);
        }
        if constexpr (std::is_same_v<R, Nothing>) {
            call_.delivered(ran.finished + ran.lost);
        }
        return ran.finished;
    }

    Running& running_;
    Call& call_;
    In& input_;
    std::uint64_t size_;
    std::uint64_t in_flight_;
    Body& body_;
    Stream stream_;
    Delivery<R, Deliver> delivery_;
    Reserve reserve_;
    Supply<In> supply_;
    Deck deck_;
    std::deque<int> asks_;
    bool tasks_are_long_ = true;  // until this rank has done one
};

// The other ranks' side.
template <typename R, typename In, typename Body>
class Dealt {
  public:
    using Item = typename In::Item;

    Dealt(Running& running, In& input, std::uint64_t size, Body& body)
        : running_(running),
          call_(running.call()),
          input_(input),
          size_(size),
          body_(body),
          stream_(call_),
          writer_(stream_) {}

    void run() {
        ask();
        ask();
        while (waiting_for_ > 0) {
            next_frame();
            const Frame frame = std::move(frames_.front());
            frames_.pop_front();
            --waiting_for_;
            const std::uint64_t first = frame.header.a;
            if (frame.header.kind == Frame::Kind::items && !call_.is_beyond(first / size_)) {
                ask();
                work(frame);
                writer_.send_if_late();
            }
        }
        // Others may wait for room that these make.
        if (finished_ > 0) {
            tell(Frame::Kind::note);
        }
        writer_.send(true);
        stream_.flush();
    }

  private:
    void ask() {
        tell(Frame::Kind::ask);
        ++waiting_for_;
    }
    void tell(Frame::Kind kind) {
        stream_.send(0, {.kind = kind,
                         .a = std::exchange(finished_, 0),
                         .b = static_cast<std::uint64_t>(std::exchange(time_, 0))});
    }

    void next_frame() {
        const auto keep = [this](int, Frame& frame) { frames_.push_back(std::move(frame)); };
        stream_.receive(keep);
        if (frames_.empty()) {
            // The root may be waiting to hear of these before it deals more.
            writer_.send(false);
            if (finished_ > 0) {
                tell(Frame::Kind::note);
            }
            stream_.wait(keep);
        }
        call_.poll();
    }

    void work(const Frame& frame) {
        const auto start = std::chrono::steady_clock::now();
        const auto keep = [this](std::uint64_t k, R&& result) { writer_.add(k, std::move(result)); };
        const auto lose = [this](std::uint64_t k) { stream_.send(0, {.kind = Frame::Kind::lost, .a = k}); };
        const std::uint64_t first = frame.header.a;
        const std::uint64_t items = frame.header.b;
        const Chunk chunk{first / size_, Grains{.items = items, .size = size_}.count()};
        Ran ran;
        if constexpr (In::shipped) {
            Held<Item> held{first, {}, frame.payload};
            held.unpack_sent(items);
            ran = run_units(running_, held, held.end(), size_, chunk, body_, keep, lose);
        } else {
            ran = run_units(running_, input_, input_.count(), size_, chunk, body_, keep, lose);
        }
        call_.finished(ran.finished);
        finished_ += ran.finished + ran.lost;
        time_ +=
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start)
                .count();
    }

    Running& running_;
    Call& call_;
    In& input_;
    std::uint64_t size_;
    Body& body_;
    Stream stream_;
    ResultWriter<R> writer_;
    std::deque<Frame> frames_;
    int waiting_for_ = 0;
    std::uint64_t finished_ = 0;  // items since the root was told, the lost ones too
    std::int64_t time_ = 0;       // ns
};

// Deals units of `size` items and runs them; results go to the root, which hands each to deliver(k, result). R is Nothing
// where tasks keep their results.
template <typename R, typename In, typename Body, typename Deliver>
void run_dealt(Running& running, In& input, std::uint64_t size, Purpose purpose, std::uint64_t in_flight,
               Body& body, Deliver& deliver) {
    if (running.call().team().rank() == 0) {
        Dealer<R, In, Body, Deliver>(running, input, size, purpose, in_flight, body, deliver).run();
    } else {
        Dealt<R, In, Body>(running, input, size, body).run();
    }
}

}  // namespace cohort::detail

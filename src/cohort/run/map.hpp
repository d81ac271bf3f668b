// One function on every item: map, try_map, map_ordered, map_unordered, map_into, for_each.
//
//     std::vector<double> ys = cohort::map(team, xs, f);                       // the root's xs; on the root
//     auto squares = cohort::map(team, cohort::indices(1'000'000), square, {.observers = {&bar}});
//     cohort::map_unordered(team, cohort::produced(read_job), solve, append, {.in_flight = 64});
//
// All are collective: every rank of the team makes the same call, with the same options, and leaves it together. A task
// is f(x) or f(x, context), and runs on the thread that made the call. Inputs are listed in inputs.hpp. Each throws, on
// every rank, TaskError if a task threw, Interrupted after a signal, UsageError if called from inside a task of the team.
// With .retries and .collect tasks may throw without ending the call; see task_failure.hpp.
#pragma once

#include <cohort/run/deal.hpp>
#include <cohort/run/engine.hpp>
#include <cohort/run/inputs.hpp>
#include <cohort/run/options.hpp>
#include <cohort/run/sink.hpp>
#include <cohort/team/team.hpp>

#include <concepts>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace cohort {

namespace detail {

inline constexpr std::uint64_t default_in_flight = 1024;

// The plan of a call over `input`, whose results stream to the root or stay where they are made.
template <typename In>
CallPlan plan_for(const char* what, const In& input, const Options& options, Purpose purpose) {
    CallPlan plan{.what = what,
                  .schedule = options.schedule,
                  .purpose = purpose,
                  .retries = options.retries,
                  .collects = options.collect != nullptr,
                  .results_everywhere = options.results == Results::everywhere,
                  .grace = options.grace};
    if constexpr (!In::shipped) {
        plan.grains = input.count();
    }
    return plan;
}

// Runs `body` on every item of the input; results go to the root. With a bound on what is in flight the root deals where
// nodes are several, because only it knows what has been delivered.
template <typename R, typename In, typename Body, typename Deliver>
void run_stream(Running& running, In& input, std::uint64_t in_flight, Body&& body, Deliver&& deliver) {
    bool claims = false;
    if constexpr (!In::shipped) {
        claims = running.call().team().one_node() || in_flight == 0;
        if (claims) {
            run_claimed_stream<R>(running, input, body, deliver);
        }
    }
    if (!claims) {
        run_dealt<R>(running, input, 1, Purpose::map, in_flight, body, deliver);
    }
    while (running.again()) {
        run_failed_stream<R>(running, input, body, deliver);
    }
}

// Runs `body` on every unit of `size` items of the input; its results stay where they are made. After each chunk calls
// `after_chunk`, which may throw as a task may.
template <typename In, typename Body, typename AfterChunk = NoHook>
void run_in_place(Running& running, In& input, std::uint64_t size, Purpose purpose, Body&& body,
                  const AfterChunk& after_chunk = {}) {
    if constexpr (In::shipped) {
        const auto nothing = [](std::uint64_t, Nothing&&) {};
        run_dealt<Nothing>(running, input, size, purpose, running.options().in_flight, body, nothing);
        guarded(running.call(), after_chunk);
    } else {
        run_claimed(running, input, size, body, after_chunk);
    }
    while (running.again()) {
        run_failed_again(running, input, size, body, after_chunk);
    }
}

template <typename F>
auto item_body(F& f) {
    return [&f](std::uint64_t, const auto& unit, Context& context) { return run_task(f, unit[0], context); };
}

template <typename Consume, typename R>
void consume_result(Consume& consume, Index index, R&& result) {
    if constexpr (std::is_invocable_v<Consume&, Index, R&&>) {
        std::invoke(consume, index, std::move(result));
    } else {
        static_assert(
            std::is_invocable_v<Consume&, R&&>,
            "cohort: a consumer is called with a result, consume(result), or with the item's index and the "
            "result, consume(index, result)");
        std::invoke(consume, std::move(result));
    }
}

// Results by place, on the root. R may lack a default constructor.
template <typename R>
class Collected {
  public:
    explicit Collected(std::uint64_t count) : slots_(static_cast<std::size_t>(count)) {}

    void put(std::uint64_t k, R&& result) {
        if (k >= slots_.size()) {
            slots_.resize(static_cast<std::size_t>(k) + 1);
        }
        slots_[static_cast<std::size_t>(k)] = std::move(result);
    }
    [[nodiscard]] std::vector<R> take() {
        if constexpr (in_place) {
            return std::move(slots_);
        } else {
            std::vector<R> results;
            results.reserve(slots_.size());
            for (std::optional<R>& slot : slots_) {
                results.push_back(std::move(slot).value());
            }
            return results;
        }
    }

  private:
    static constexpr bool in_place = std::default_initializable<R> && std::is_move_assignable_v<R>;
    std::vector<std::conditional_t<in_place, R, std::optional<R>>> slots_;
};

// Hands results on in the order of their items.
template <typename R>
class Reorder {
  public:
    // Calls take(item, result) for each result whose turn has come; a place that is passed over has none.
    template <typename Take>
    void put(std::uint64_t k, R&& result, const Take& take) {
        at(k).result.emplace(std::move(result));
        hand_on(k, take);
    }
    template <typename Take>
    void pass_over(std::uint64_t k, const Take& take) {
        at(k).lost = true;
        hand_on(k, take);
    }

  private:
    struct Place {
        std::optional<R> result;
        bool lost = false;
    };

    Place& at(std::uint64_t k) {
        const auto place = static_cast<std::size_t>(k - next_);
        if (place >= early_.size()) {
            early_.resize(place + 1);
        }
        return early_[place];
    }
    template <typename Take>
    void hand_on(std::uint64_t k, const Take& take) {
        if (k != next_) {
            return;
        }
        while (!early_.empty() && (early_.front().result || early_.front().lost)) {
            std::optional<R> ready = std::move(early_.front().result);
            early_.pop_front();
            take(next_++, std::move(ready));
        }
    }

    std::deque<Place> early_;
    std::uint64_t next_ = 0;
};

// The results of a call on the root, as R or as what an R is put into; where `lost` is, the place of an item that failed.
template <typename R, typename Kept, typename Xs, typename F>
std::vector<Kept> map_as(const char* what, Team& team, Xs&& xs, F&& f, const Options& options) {
    using In = input_t<Xs>;
    In input(xs);
    Running running(team, plan_for(what, input, options, Purpose::map), options, known_count(input));
    Collected<Kept> collected(team.is_root() ? known_count(input).value_or(0) : 0);
    run_stream<R>(running, input, options.in_flight, item_body(f),
                  Receiver(
                      [&](std::uint64_t k, R&& result) {
                          collected.put(k, Kept(std::move(result)));
                          running.call().delivered(1);
                      },
                      [&](std::uint64_t k) {
                          if constexpr (!std::is_same_v<Kept, R>) {
                              collected.put(k, Kept());
                          }
                          running.call().delivered(1);
                      }));
    running.finish();
    std::vector<Kept> results = collected.take();
    if (options.results == Results::everywhere) {
        Bytes bytes = team.is_root() ? packed(results) : Bytes{};
        broadcast(team.core(), bytes, 0);
        if (!team.is_root()) {
            results = unpacked<std::vector<Kept>>(bytes);
        }
    }
    return results;
}

}  // namespace detail

// Collective. The results of f for all items, in the order of the input: on the root, elsewhere empty; on every rank with
// .results = Results::everywhere. For .collect there is try_map, whose results can say which are missing.
template <typename Xs, typename F>
auto map(Team& team, Xs&& xs, F&& f, const Options& options = {}) {
    using R = detail::sent_result_t<F, typename detail::input_t<Xs>::Item>;
    if (options.collect != nullptr) {
        throw UsageError("map was given a list for failures", "its results could not say which are missing",
                         "call try_map");
    }
    return detail::map_as<R, R>("map", team, xs, f, options);
}

// Collective. The same, where tasks may fail: std::optional results, without a value for each item whose task threw.
// .collect tells why.
template <typename Xs, typename F>
auto try_map(Team& team, Xs&& xs, F&& f, Options options = {}) {
    using R = detail::sent_result_t<F, typename detail::input_t<Xs>::Item>;
    std::vector<TaskFailure> dropped;
    if (options.collect == nullptr) {
        options.collect = &dropped;
    }
    return detail::map_as<R, std::optional<R>>("try_map", team, xs, f, options);
}

// Collective. Calls consume(index, result), or consume(result), on the root for each item in the order of the input, while
// the work goes on. At most .in_flight items (1024 unless told) are handed out and not consumed, so a slow consumer slows
// the ranks and memory stays bounded. What failed, with .collect, is passed over.
template <typename Xs, typename F, typename Consume>
void map_ordered(Team& team, Xs&& xs, F&& f, Consume&& consume, const Options& options = {}) {
    using In = detail::input_t<Xs>;
    using R = detail::sent_result_t<F, typename In::Item>;
    In input(xs);
    const std::uint64_t in_flight = options.in_flight != 0 ? options.in_flight : detail::default_in_flight;
    detail::CallPlan plan = detail::plan_for("map_ordered", input, options, Purpose::map);
    plan.in_flight = team.nodes() == 1 && !In::shipped ? in_flight : 0;
    detail::Running running(team, plan, options, detail::known_count(input), detail::Retry::at_once);
    detail::Reorder<R> reorder;
    const auto take = [&](std::uint64_t item, std::optional<R>&& ready) {
        running.call().delivered(1);
        if (ready) {
            detail::consume_result(consume, detail::index_of(input, item), std::move(*ready));
        }
    };
    detail::run_stream<R>(
        running, input, in_flight, detail::item_body(f),
        detail::Receiver([&](std::uint64_t k, R&& result) { reorder.put(k, std::move(result), take); },
                         [&](std::uint64_t k) { reorder.pass_over(k, take); }));
    running.finish();
}

// Collective. The same as results complete, in no order. Without .in_flight only what is on its way is bounded.
template <typename Xs, typename F, typename Consume>
void map_unordered(Team& team, Xs&& xs, F&& f, Consume&& consume, const Options& options = {}) {
    using In = detail::input_t<Xs>;
    using R = detail::sent_result_t<F, typename In::Item>;
    In input(xs);
    const std::uint64_t in_flight =
        options.in_flight != 0 || !In::shipped ? options.in_flight : detail::default_in_flight;
    detail::CallPlan plan = detail::plan_for("map_unordered", input, options, Purpose::map);
    plan.in_flight = team.nodes() == 1 && !In::shipped ? in_flight : 0;
    detail::Running running(team, plan, options, detail::known_count(input));
    detail::run_stream<R>(running, input, in_flight, detail::item_body(f),
                          detail::Receiver(
                              [&](std::uint64_t k, R&& result) {
                                  running.call().delivered(1);
                                  detail::consume_result(consume, detail::index_of(input, k),
                                                         std::move(result));
                              },
                              [&](std::uint64_t) { running.call().delivered(1); }));
    running.finish();
}

// Collective. Calls f for all items; what it returns is dropped.
template <typename Xs, typename F>
void for_each(Team& team, Xs&& xs, F&& f, const Options& options = {}) {
    using In = detail::input_t<Xs>;
    In input(xs);
    detail::Running running(team, detail::plan_for("for_each", input, options, Purpose::map), options,
                            detail::known_count(input));
    const auto body = [&f](std::uint64_t, const auto& unit, Context& context) -> void {
        detail::run_task(f, unit[0], context);
    };
    detail::run_in_place(running, input, 1, Purpose::map, body);
    running.finish();
}

// Collective. The rank that makes a result gives it to `sink`, a Sink<R> or what derives from one; nothing travels. The
// sink is finished, collectively, when all results are in it. Throws StoreError, on every rank, where the sink does. With
// .collect it is given nothing for an item that failed: what a file then has there is its own default.
template <typename Xs, typename F, typename S>
void map_into(Team& team, Xs&& xs, F&& f, S& sink, const Options& options = {}) {
    using In = detail::input_t<Xs>;
    using R = std::remove_cvref_t<detail::task_result_t<F, typename In::Item>>;
    static_assert(std::derived_from<S, Sink<R>>,
                  "cohort: the sink takes results of another type than the task returns");
    In input(xs);
    detail::Running running(team, detail::plan_for("map_into", input, options, Purpose::map), options,
                            detail::known_count(input));
    detail::SinkWriter<R> writer(sink);
    const auto body = [&](std::uint64_t k, const auto& unit, Context& context) -> void {
        R result = detail::run_task(f, unit[0], context);
        if (!context.stop_requested()) {
            detail::guarded(running.call(), [&] { writer.add(k, std::move(result)); });
        }
    };
    detail::run_in_place(running, input, 1, Purpose::map, body, [&] { writer.write(); });
    running.finish();
    team.agree([&] { sink.finish(); });
}

}  // namespace cohort

// One call on parts of a team, as a rank of one part sees it.
//
// The parts' first ranks make an ordinary call, whose task is to have the part run the user's. The other ranks receive
// items until the end comes, waiting as all waits do. Each item is an empty call of the part's own: what a rank throws
// stops its neighbours where they ask, the first rank passes the horizon of its call on, and all know how it went before
// the next item. When the first ranks' call has failed, they agree on whose failure it is, because ranks are numbered
// otherwise among them, and everyone throws that.
#pragma once

#include <cohort/plan/error.hpp>
#include <cohort/plan/schedule.hpp>
#include <cohort/run/balance.hpp>
#include <cohort/run/codec.hpp>
#include <cohort/run/context.hpp>
#include <cohort/run/inputs.hpp>
#include <cohort/run/options.hpp>
#include <cohort/run/results.hpp>
#include <cohort/run/task.hpp>
#include <cohort/team/call.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/failure.hpp>
#include <cohort/team/team.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace cohort {

class Parts;

namespace detail {

class PartCall {
  public:
    // What goes before an item, from the first rank to the others.
    struct Item {
        Index index = no_index;
        int attempt = 0;
        Random random{Seed{}, 0, 0};
    };

    // Local. Throws UsageError if the team is in a call already.
    PartCall(Parts& parts, const char* what, const Options& options);
    PartCall(const PartCall&) = delete;
    PartCall& operator=(const PartCall&) = delete;
    ~PartCall() = default;

    [[nodiscard]] Team& part() noexcept { return part_; }
    [[nodiscard]] Team& firsts() noexcept { return firsts_; }
    [[nodiscard]] bool alone() const noexcept { return line_ == nullptr; }
    // The options of the first ranks' call.
    [[nodiscard]] const Options& options() const noexcept { return options_; }

    // On the first rank: gives an item to the others.
    void send(const Item& item, const Bytes& bytes);
    // On the others: the next item and its bytes; none at the end, where `bytes` are the result, if it was sent. Throws what
    // the call failed with.
    [[nodiscard]] std::optional<Item> receive(Bytes& bytes);

    // Collective over the part. Runs body(context); on the first rank throws what any rank threw. `outer` is the first
    // rank's context, elsewhere none.
    template <typename Body>
    void run(const Item& item, Context* outer, const Body& body) {
        const auto rank = static_cast<std::uint64_t>(part_.rank());
        Call call(
            line_->core(),
            {.what = what_, .grains = static_cast<std::uint64_t>(part_.size()), .schedule = StaticBlock{}});
        if (outer == nullptr) {
            call.poll();  // a signal may have come to this rank alone
        }
        Context context(call, rank, item.index, item.attempt, item.random, outer);
        try {
            body(context);
        } catch (...) {
            call.fail(rank, item.index, std::current_exception());
        }
        if (outer != nullptr) {
            outer->random() = context.random();
            call.serve_with([outer] {
                static_cast<void>(outer->stop_requested());
                return false;
            });
        }
        settle(item.index, call.end());
    }

    // On the first ranks, in the end: gives the result, as bytes, to the others.
    void end(const Bytes& result);
    // The same, in the handler of what the first ranks' call threw on each of them. Collective over them.
    [[noreturn]] void end_failed(const Error& error);

  private:
    enum class Kind : std::uint32_t { item, end, failed };

    // What a rank of the part threw, in terms of the team; the exception itself on that rank.
    struct Thrown {
        Failure failure;
        std::exception_ptr original;
    };

    void settle(Index item, Outcome outcome);
    [[nodiscard]] Failure failure_behind(const Error& error, const std::exception_ptr& nested);
    void report();
    [[noreturn]] void raise_on_all(const Failure& failure);

    Team& team_;
    Team& part_;
    Team& firsts_;
    Team* line_;
    const std::vector<int>& ranks_;
    const char* what_;
    Use use_;
    Balance* report_;
    Balance balance_;
    Options options_;
    // By item: of those that failed here when they were last tried; with .collect only of the last, since no other ends the
    // call.
    std::map<Index, Thrown> thrown_;
    Index last_ = no_index;
};

// An input as parts see it: what the first ranks' call is given, and the item that comes of what travels. What every
// rank has does not travel: only its number.
template <typename Xs>
struct PartInput {
    using Item = typename input_t<Xs>::Item;
    using Sent = Item;
    static_assert((require_sendable<Sent>(), true));
    explicit PartInput(Xs& xs) : given(xs) {}
    [[nodiscard]] Xs& input() noexcept { return given; }
    template <typename X>
    [[nodiscard]] X&& item(X&& sent) const noexcept {
        return std::forward<X>(sent);
    }
    Xs& given;
};
template <typename Xs>
struct EverywherePartInput {
    using Item = std::ranges::range_value_t<Xs>;
    using Sent = Index;
    explicit EverywherePartInput(const Everywhere<Xs>& xs)
        : items(xs.items), numbers(indices(static_cast<std::uint64_t>(std::ranges::size(*xs.items)))) {}
    [[nodiscard]] Indices& input() noexcept { return numbers; }
    [[nodiscard]] decltype(auto) item(Index sent) const {
        return std::ranges::begin(*items)[static_cast<std::ranges::range_difference_t<Xs>>(sent)];
    }
    const Xs* items;
    Indices numbers;
};
template <typename Xs>
struct PartInput<Everywhere<Xs>> : EverywherePartInput<Xs> {
    using EverywherePartInput<Xs>::EverywherePartInput;
};
template <typename Xs>
struct PartInput<const Everywhere<Xs>> : EverywherePartInput<Xs> {
    using EverywherePartInput<Xs>::EverywherePartInput;
};

template <typename F, typename X>
decltype(auto) run_part_task(F& f, X&& x, Team& part, Context& context) {
    if constexpr (std::is_invocable_v<F&, X, Team&, Context&>) {
        return std::invoke(f, std::forward<X>(x), part, context);
    } else {
        static_assert(
            std::is_invocable_v<F&, X, Team&>,
            "cohort: a task on parts is called with an item and its part, f(x, part), or also with a "
            "cohort::Context&, f(x, part, context)");
        return std::invoke(f, std::forward<X>(x), part);
    }
}

// Type of the result of a task on parts, for the items of Xs.
template <typename F, typename Xs>
struct PartResult {
    using type = std::remove_cvref_t<decltype(run_part_task(
        std::declval<std::remove_reference_t<F>&>(),
        std::declval<typename PartInput<std::remove_reference_t<Xs>>::Item>(), std::declval<Team&>(),
        std::declval<Context&>()))>;
};
template <typename F, typename Xs>
using part_result_t = typename PartResult<F, Xs>::type;

// The task of the first ranks: the part runs the user's.
template <typename F, typename Input, typename R>
class PartTask {
  public:
    PartTask(PartCall& call, F& f, const Input& input) : call_(call), f_(f), input_(input) {}

    template <typename X>
    R operator()(X&& sent, Context& context) {
        const auto task = [&](Context& own) -> R {
            return run_part_task(f_, input_.item(std::forward<X>(sent)), call_.part(), own);
        };
        if (call_.alone()) {
            return task(context);
        }
        const PartCall::Item item{context.index(), context.attempt(), context.random()};
        call_.send(item, packed<typename Input::Sent>(sent));
        if constexpr (std::is_void_v<R>) {
            call_.run(item, &context, task);
        } else {
            std::optional<R> result;
            call_.run(item, &context, [&](Context& own) { result.emplace(task(own)); });
            return std::move(*result);
        }
    }

  private:
    PartCall& call_;
    F& f_;
    const Input& input_;
};

// Collective. Makes a call on parts: make(firsts, input, task, options) is that of the first ranks. Its result; on the
// others too if it is `everywhere`, else nothing.
template <typename Result, typename Xs, typename F, typename Make>
std::optional<Result> on_parts(Parts& parts, const char* what, Xs& xs, F& f, const Options& options,
                               bool everywhere, const Make& make) {
    using Input = PartInput<Xs>;
    Input input(xs);
    PartCall call(parts, what, options);
    std::optional<Result> result;
    if (call.part().is_root()) {
        PartTask<F, Input, part_result_t<F, Xs>> task(call, f, input);
        try {
            result.emplace(make(call.firsts(), input.input(), task, call.options()));
        } catch (const Error& error) {
            call.end_failed(error);
        }
        call.end(everywhere && !call.alone() ? packed<Result>(*result) : Bytes{});
        return result;
    }
    Bytes bytes;
    while (const std::optional<PartCall::Item> item = call.receive(bytes)) {
        call.run(*item, nullptr, [&](Context& own) {
            using Sent = typename Input::Sent;
            static_cast<void>(run_part_task(f, input.item(unpacked<Sent>(bytes)), call.part(), own));
        });
    }
    if (everywhere) {
        result.emplace(unpacked<Result>(bytes));
    }
    return result;
}

}  // namespace detail

}  // namespace cohort

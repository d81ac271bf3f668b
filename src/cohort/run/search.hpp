// The first item that is what one looks for: find_first, search_first, find_any, any_of.
//
//     std::optional<Index> i = cohort::find_first(team, cohort::From{2}, [&](Index k) { return n % k == 0; });
//     auto factor = cohort::search_first(team, cohort::Grains{.items = root_n, .size = 1 << 16}, divisor_in_grain);
//
// All are collective; the answer is on every rank. A hit does not simply stop everyone: it lowers a horizon, items beyond
// it are dropped and items before it are finished. So find_first and search_first give the smallest hit on any number of
// ranks, and end as soon as it is certain. A task that fails counts as a hit, and the lowest of hits and failures wins;
// with .collect it is no hit, and those below the answer are listed.
// Ranks leave within 100 us or so of the end if their tasks are shorter, or ask context.stop_requested() that often.
#pragma once

#include <cohort/run/journaled.hpp>
#include <cohort/run/map.hpp>

#include <optional>
#include <utility>

namespace cohort {

namespace detail {

// Whether to stop at the lowest hit, or at any.
enum class Which { first, any };

// Runs body(k, unit, context), which returns whether unit k is a hit. Returns the unit of the hit.
template <typename In, typename Body>
std::optional<std::uint64_t> search(Team& team, const char* what, In& input, Body&& body, Which which,
                                    const Options& options) {
    Running running(team, plan_for(what, input, options, Purpose::search), options, known_count(input),
                    Retry::at_once);
    Call& call = running.call();
    const auto looking = [&](std::uint64_t k, const auto& unit, Context& context) -> void {
        if (body(k, unit, context) && !call.is_beyond(k)) {
            which == Which::any ? call.hit_any(k) : call.hit(k);
        }
    };
    run_in_place(running, input, 1, Purpose::search, looking);
    const Outcome outcome = running.finish();
    return outcome.hit() ? std::optional(outcome.verdict.grain) : std::nullopt;
}

// The same over what a journal has left; tells it which grains held nothing.
template <typename In, typename Body>
std::optional<std::uint64_t> search_journaled(Team& team, const char* what, In& input, Body&& body,
                                              const Options& options) {
    const Grains grains{.items = input.count()};
    const Remaining remaining = remaining_of(grains, begin_journal(team, options, grains));
    RemainingInput<In> units(remaining, input, 1);
    Running running(team, plan_for(what, units, options, Purpose::search), options, units.count(),
                    Retry::at_once);
    Call& call = running.call();
    const auto looking = [&](std::uint64_t k, const auto& unit, Context& context) -> Nothing {
        const std::uint64_t grain = unit[0];
        input.open(grain, 1);
        if (body(grain, Unit<In>(input, grain, 1), context) && !call.is_beyond(k)) {
            call.hit(k);
        }
        return {};
    };
    const auto deliver = [&](std::uint64_t k, Nothing&&) {
        options.journal->finished(remaining.grain(k), {});
    };
    run_stream<Nothing>(running, units, 0, looking, deliver);
    const Outcome outcome = running.finish();
    team.agree([&] {
        if (team.is_root() && running.lost().empty()) {
            options.journal->end();
        }
    });
    return outcome.hit() ? std::optional(remaining.grain(outcome.verdict.grain)) : std::nullopt;
}

template <typename In, typename Body>
std::optional<std::uint64_t> search_lowest(Team& team, const char* what, In& input, Body&& body,
                                           const Options& options) {
    if (options.journal == nullptr) {
        return search(team, what, input, body, Which::first, options);
    }
    if constexpr (In::shipped) {
        throw UsageError("a journal was given to a search over items that only the root has",
                         "they may be others the next time", "give it indices, grains or a Source");
    } else {
        return search_journaled(team, what, input, body, options);
    }
}

template <typename P>
auto predicate_body(P& predicate) {
    return [&predicate](std::uint64_t, const auto& unit, Context& context) {
        return static_cast<bool>(run_task(predicate, unit[0], context));
    };
}

}  // namespace detail

// Collective. The index of the lowest item for which `predicate` is true; none if there is none.
template <typename Xs, typename P>
std::optional<Index> find_first(Team& team, Xs&& xs, P&& predicate, const Options& options = {}) {
    using In = detail::input_t<Xs>;
    In input(xs);
    const auto k =
        detail::search_lowest(team, "find_first", input, detail::predicate_body(predicate), options);
    return k ? std::optional(detail::index_of(input, *k)) : std::nullopt;
}

// Collective. What f finds in the lowest item, or grain, in which it finds anything; f returns a std::optional. For
// kernels that look through many candidates at a time.
template <typename Xs, typename F>
auto search_first(Team& team, Xs&& xs, F&& f, const Options& options = {}) {
    using In = detail::input_t<Xs>;
    using Found = std::remove_cvref_t<detail::task_result_t<F, typename In::Item>>;
    using R = typename Found::value_type;
    detail::require_sendable<R>();
    In input(xs);
    std::optional<std::pair<std::uint64_t, R>>
        mine;  // the lowest of this rank: its units come in ascending order
    const auto body = [&](std::uint64_t k, const auto& unit, Context& context) {
        Found found = detail::run_task(f, unit[0], context);
        if (found && (!mine || k < mine->first)) {
            mine.emplace(k, std::move(*found));
        }
        return found.has_value();
    };
    const auto k = detail::search_lowest(team, "search_first", input, body, options);
    Found result;
    if (k) {
        const bool is_mine = mine && mine->first == *k;
        const int owner = detail::lowest_rank(team.core(), is_mine);
        detail::Bytes bytes = is_mine ? detail::packed<R>(mine->second) : detail::Bytes{};
        detail::broadcast(team.core(), bytes, owner);
        result.emplace(is_mine ? std::move(mine->second) : detail::unpacked<R>(bytes));
    }
    return result;
}

// Collective. The index of some item for which `predicate` is true: the first to be found, which may differ from run to
// run. Ends sooner than find_first, which must finish what lies below a hit.
template <typename Xs, typename P>
std::optional<Index> find_any(Team& team, Xs&& xs, P&& predicate, const Options& options = {}) {
    using In = detail::input_t<Xs>;
    In input(xs);
    const auto k = detail::search(team, "find_any", input, detail::predicate_body(predicate),
                                  detail::Which::any, options);
    return k ? std::optional(detail::index_of(input, *k)) : std::nullopt;
}

// Collective. True if `predicate` is true for any item. The same answer on any number of ranks.
template <typename Xs, typename P>
bool any_of(Team& team, Xs&& xs, P&& predicate, const Options& options = {}) {
    return find_any(team, std::forward<Xs>(xs), std::forward<P>(predicate), options).has_value();
}

}  // namespace cohort

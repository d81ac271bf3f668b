// Sub-teams that work as one: map and its kin over parts of a team.
//
//     cohort::Parts parts(team, team.rank() / 4);             // four ranks to an item; team.node_number(): a node
//     auto ys = cohort::map(parts, xs, [](double x, cohort::Team& part) { return solve(part, x); });
//
// A part claims as a rank does elsewhere: its first rank takes an item and gives it to the rest, all of them run the task,
// f(x, part) or f(x, part, context), and what the first rank returns is the result. Inside, the part is a team like any
// other, free for calls and for MPI. So every call here is the one of the same name on a team, made by the first ranks:
// the same inputs, options, order and answers, on any number of parts. Results are where they are on a team: on the
// root, or on every rank. In `.report` a part counts as one rank. What a part has of its own:
//
// - A task that throws on any rank ends the call on every rank of the team, with that rank and item. But a rank that waits
//   for the one that threw, in a collective of the part, waits for ever. What may fail on some ranks only, before the
//   others wait for them, belongs in part.agree(...), which throws on all.
// - context.stop_requested() becomes true on the ranks of a part at different moments, once the first rank or a rank that
//   failed knows. A task whose ranks wait for each other leaves by agree_to_stop(part, context), which is the same on all.
// - context.random() gives every rank of the part the same numbers.
//
// Cost per item, beside that of a call: one broadcast of the item and one empty call in the part; none in a part of one.
#pragma once

#include <cohort/run/map.hpp>
#include <cohort/run/part_call.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>
#include <cohort/team/team.hpp>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace cohort {

// Parts are made once and serve many calls. They keep to `team`, which must outlive them.
class Parts {
  public:
    // Collective. The ranks that give the same colour, which must not be negative, are a part, in the order of their ranks.
    Parts(Team& team, int colour);

    // Every other member is local.
    [[nodiscard]] Team& team() noexcept { return team_; }
    [[nodiscard]] Team& part() noexcept { return part_; }  // of this rank
    [[nodiscard]] int count() const noexcept { return count_; }
    [[nodiscard]] int number() const noexcept { return number_; }  // of this rank's part: 0 is the root's

    // For the calls below. The parts' first ranks, on these; a second team of this rank's part, where it has others, for
    // what the library says in it; and the ranks of the part in the team.
    [[nodiscard]] Team& firsts() noexcept { return firsts_; }
    [[nodiscard]] Team* line() noexcept { return line_ ? &*line_ : nullptr; }
    [[nodiscard]] const std::vector<int>& ranks() const noexcept { return ranks_; }

  private:
    Team& team_;
    Team part_;
    Team firsts_;  // on other ranks a team of no use: a split leaves nobody out
    std::optional<Team> line_;
    std::vector<int> ranks_;
    int count_ = 1;
    int number_ = 0;
};

// Collective over the part, in its task. Whether any of its ranks knows that the result can no longer matter: the same
// answer on all, so that they can leave together. One reduction over the part.
[[nodiscard]] bool agree_to_stop(Team& part, Context& context);

// The calls. All are collective over the team of `parts`.

template <typename Xs, typename F>
auto map(Parts& parts, Xs&& xs, F&& f, const Options& options = {}) {
    using R = detail::part_result_t<F, Xs>;
    const auto call = [](Team& firsts, auto& input, auto& task, const Options& o) {
        return map(firsts, input, task, o);
    };
    return detail::on_parts<std::vector<R>>(parts, "map", xs, f, options,
                                            options.results == Results::everywhere, call)
        .value_or(std::vector<R>{});
}

template <typename Xs, typename F, typename Consume>
void map_ordered(Parts& parts, Xs&& xs, F&& f, Consume&& consume, const Options& options = {}) {
    const auto call = [&](Team& firsts, auto& input, auto& task, const Options& o) {
        map_ordered(firsts, input, task, consume, o);
        return detail::Nothing{};
    };
    detail::on_parts<detail::Nothing>(parts, "map_ordered", xs, f, options, false, call);
}

template <typename Xs, typename F, typename Consume>
void map_unordered(Parts& parts, Xs&& xs, F&& f, Consume&& consume, const Options& options = {}) {
    const auto call = [&](Team& firsts, auto& input, auto& task, const Options& o) {
        map_unordered(firsts, input, task, consume, o);
        return detail::Nothing{};
    };
    detail::on_parts<detail::Nothing>(parts, "map_unordered", xs, f, options, false, call);
}

template <typename Xs, typename F>
void for_each(Parts& parts, Xs&& xs, F&& f, const Options& options = {}) {
    const auto call = [](Team& firsts, auto& input, auto& task, const Options& o) {
        for_each(firsts, input, task, o);
        return detail::Nothing{};
    };
    detail::on_parts<detail::Nothing>(parts, "for_each", xs, f, options, false, call);
}

// `op` runs on the parts' first ranks.
template <typename Xs, typename T, typename F, typename Op = std::plus<>>
T map_reduce(Parts& parts, Xs&& xs, T identity, F&& f, Op op = {}, const Options& options = {}) {
    const auto call = [&](Team& firsts, auto& input, auto& task, const Options& o) {
        return map_reduce(firsts, input, std::move(identity), task, std::move(op), o);
    };
    return *detail::on_parts<T>(parts, "map_reduce", xs, f, options, true, call);
}

template <typename Xs, typename P>
std::optional<Index> find_first(Parts& parts, Xs&& xs, P&& predicate, const Options& options = {}) {
    const auto call = [](Team& firsts, auto& input, auto& task, const Options& o) {
        return find_first(firsts, input, task, o);
    };
    return *detail::on_parts<std::optional<Index>>(parts, "find_first", xs, predicate, options, true, call);
}

template <typename Xs, typename F>
auto search_first(Parts& parts, Xs&& xs, F&& f, const Options& options = {}) {
    using Found = detail::part_result_t<F, Xs>;
    const auto call = [](Team& firsts, auto& input, auto& task, const Options& o) {
        return search_first(firsts, input, task, o);
    };
    return *detail::on_parts<Found>(parts, "search_first", xs, f, options, true, call);
}

template <typename Xs, typename P>
std::optional<Index> find_any(Parts& parts, Xs&& xs, P&& predicate, const Options& options = {}) {
    const auto call = [](Team& firsts, auto& input, auto& task, const Options& o) {
        return find_any(firsts, input, task, o);
    };
    return *detail::on_parts<std::optional<Index>>(parts, "find_any", xs, predicate, options, true, call);
}

template <typename Xs, typename P>
bool any_of(Parts& parts, Xs&& xs, P&& predicate, const Options& options = {}) {
    const auto call = [](Team& firsts, auto& input, auto& task, const Options& o) {
        return any_of(firsts, input, task, o);
    };
    return *detail::on_parts<bool>(parts, "any_of", xs, predicate, options, true, call);
}

}  // namespace cohort

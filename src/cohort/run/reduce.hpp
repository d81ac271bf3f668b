// One result from all items: map_reduce.
//
//     auto inside = cohort::map_reduce(team, cohort::Grains{.items = darts, .size = 1 << 20}, std::uint64_t{0},
//                                      count_inside, std::plus<>{});
//
// The result is the same, bit for bit, on any number of ranks and with any schedule, also where `op` rounds: the partial
// results of grains are folded along a binary tree whose shape depends on the number of grains alone (plan/tree_fold.hpp).
#pragma once

#include <cohort/plan/tree_fold.hpp>
#include <cohort/run/journaled.hpp>
#include <cohort/run/map.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace cohort {

namespace detail {

template <typename T>
Bytes packed_nodes(const std::vector<TreeNode<T>>& nodes) {
    Bytes bytes;
    for (const TreeNode<T>& node : nodes) {
        pack(bytes, node.level);
        pack(bytes, node.position);
        pack<T>(bytes, node.value);
    }
    return bytes;
}

// The whole tree of what ranks packed.
template <typename T, typename Op, typename Parts>
T folded(std::uint64_t leaves, const T& identity, Op& op, const Parts& parts) {
    TreeFold<T, std::reference_wrapper<Op>> fold(leaves, std::ref(op));
    for (const auto& part : parts) {
        Reader reader(part);
        while (!reader.empty()) {
            const auto level = unpack<unsigned>(reader);
            const auto position = unpack<std::uint64_t>(reader);
            fold.add({level, position, unpack<T>(reader)});
        }
    }
    std::vector<TreeNode<T>> result = fold.take();
    return result.empty() ? unpacked<T>(packed<T>(identity)) : std::move(result.front().value);
}

// Folds what the ranks' folds hold, take() on each; the result on every rank.
template <typename T, typename Op, typename TakeNodes>
T gather_fold(Team& team, std::uint64_t leaves, const T& identity, Op& op, const TakeNodes& take) {
    const Use use(team.core(), "map_reduce");  // a call from inside the operation would hang
    Bytes bytes;
    std::exception_ptr error;
    try {
        bytes = packed_nodes<T>(take());
    } catch (...) {
        error = std::current_exception();
    }
    const std::vector<Bytes> parts = gather(team.core(), bytes);
    bytes.clear();
    // The operation is the user's: what it throws must end the call on every rank.
    agree(team.core(), [&] {
        if (error != nullptr) {
            std::rethrow_exception(error);
        }
        if (team.is_root()) {
            bytes = packed<T>(folded<T>(leaves, identity, op, parts));
        }
    });
    broadcast(team.core(), bytes, 0);
    return unpacked<T>(bytes);
}

// Adds, on the root, the partial results of the grains that failed: of no items. Elsewhere does nothing.
template <typename T, typename Fold, typename GrainOf = std::identity>
void add_lost(const Team& team, const Running& running, Fold& fold, const T& identity,
              const GrainOf& grain_of = {}) {
    if (team.is_root()) {
        for (const FailedUnit& failed : running.lost()) {
            fold.add(grain_of(failed.unit), unpacked<T>(packed<T>(identity)));
        }
    }
}

// Ends a reduction and folds what the ranks hold; the result on every rank. On one node a few nodes of the tree are folded
// by the rank that comes last, while the others wait for the end of the call anyway.
template <typename T, typename Op, typename Fold>
T finish_fold(Team& team, Running& running, std::uint64_t leaves, const T& identity, Op& op, Fold& fold) {
    if (running.outlives_failures()) {
        running.finish();
        return gather_fold<T>(team, leaves, identity, op, [&] {
            add_lost(team, running, fold, identity);
            return fold.take();
        });
    }
    std::vector<TreeNode<T>> mine;
    Bytes bytes;
    Call::Closing closing{.mine = {}, .join = [&](const auto& parts) {
                              return packed<T>(folded<T>(leaves, identity, op, parts));
                          }};
    guarded(running.call(), [&] {
        mine = fold.take();
        if (is_memory<T> && mine.size() * sizeof(TreeNode<T>) <= Parting::capacity) {
            bytes = packed_nodes<T>(mine);
            closing.mine = bytes;
        }
    });
    const Outcome outcome = running.finish(&closing);
    if (outcome.joined) {
        return unpacked<T>(*outcome.joined);
    }
    return gather_fold<T>(team, leaves, identity, op, [&] { return std::move(mine); });
}

// Folds into `partial`, that of the first item, all others, unless nobody will want it. Not inlined, or what is done for each
// grain of one item would no longer be.
template <typename T, typename F, typename Op, typename Unit>
[[gnu::noinline]] void fold_rest(F& f, Op& op, const Unit& unit, Context& context, T& partial) {
    for (std::uint64_t i = 1; i < unit.size() && !context.stop_requested();) {
        const std::uint64_t until = LookOut::look(context, i, unit.size());
        for (; i < until; ++i) {
            Context own = context.of_item(unit.index(i));
            partial = std::invoke(op, std::move(partial), T(run_task(f, unit[i], own)));
        }
    }
}

// The partial result of a unit: of a grain f itself, of items the fold of f from left to right.
template <typename T, typename F, typename Op>
auto partial_body(F& f, Op& op) {
    return [&f, &op](std::uint64_t, const auto& unit, Context& context) -> T {
        T partial(run_task(f, unit[0], context));
        if (unit.size() > 1) {
            fold_rest(f, op, unit, context, partial);
        }
        return partial;
    };
}

template <typename T, typename In, typename F, typename Op>
T reduce_journaled(Team& team, In& input, std::uint64_t size, T identity, F& f, Op& op,
                   const Options& options) {
    const Grains grains{.items = input.count(), .size = size};
    std::vector<Journal::Done> done = begin_journal(team, options, grains);
    const Remaining remaining = remaining_of(grains, done);
    RemainingInput<In> units(remaining, input, size);
    TreeFold<T, std::reference_wrapper<Op>> fold(grains.count(), std::ref(op));
    if (team.is_root()) {
        for (const Journal::Done& entry : done) {
            fold.add(entry.grain, unpacked<T>(entry.partial));
        }
    }
    const auto body = [&, partial = partial_body<T>(f, op)](std::uint64_t k, const auto& unit,
                                                            Context& context) -> T {
        const Grain grain = grains[unit[0]];
        input.open(grain.first, grain.count);
        return partial(k, Unit<In>(input, grain.first, grain.count), context);
    };
    const auto deliver = [&](std::uint64_t position, T&& partial) {
        const std::uint64_t grain = remaining.grain(position);
        options.journal->finished(grain, packed<T>(partial));
        fold.add(grain, std::move(partial));
    };
    Running running(team, plan_for("map_reduce", units, options, Purpose::reduce), options, grains.items);
    run_stream<T>(running, units, 0, body, deliver);
    running.finish();
    const auto take = [&] {
        add_lost(team, running, fold, identity, [&](std::uint64_t k) { return remaining.grain(k); });
        return fold.take();
    };
    T result = gather_fold<T>(team, grains.count(), identity, op, take);
    team.agree([&] {
        if (team.is_root() && running.lost().empty()) {
            options.journal->end();
        }
    });
    return result;
}

}  // namespace detail

// Collective. Folds f of all items, or of all grains, with `op`: the result is on every rank. `op` takes two T and returns
// one; it must be associative up to rounding, need not commute, and has `identity`, which is the result of no items.
// Items are folded in grains of .grain (1 unless told); other grains may round differently, other ranks never. With
// .collect the result is that of the other grains: whoever uses it must look at the list first.
template <typename Xs, typename T, typename F, typename Op = std::plus<>>
T map_reduce(Team& team, Xs&& xs, T identity, F&& f, Op op = {}, const Options& options = {}) {
    using In = detail::input_t<Xs>;
    using Leaf = TreeNode<T>;
    detail::require_sendable<T>();
    static_assert(std::is_constructible_v<T, detail::task_result_t<F, typename In::Item>>,
                  "cohort: the task's result does not convert to the type of the identity");
    In input(xs);
    const std::uint64_t size =
        std::is_same_v<typename In::Item, Grain> ? 1 : std::max<std::uint64_t>(options.grain, 1);
    if constexpr (In::shipped) {
        if (options.journal != nullptr) {
            throw UsageError("a journal was given to a reduction over items that only the root has",
                             "they may be others the next time", "give it indices, grains or a Source");
        }
        detail::Running running(team, detail::plan_for("map_reduce", input, options, Purpose::reduce),
                                options, detail::known_count(input));
        std::vector<Leaf> partials;
        const auto body = [&, partial = detail::partial_body<T>(f, op)](std::uint64_t k, const auto& unit,
                                                                        Context& context) -> void {
            partials.push_back({0, k, partial(k, unit, context)});
        };
        detail::run_in_place(running, input, size, Purpose::reduce, body);
        const std::uint64_t items = running.finish().totals.items + running.lost_items();
        const std::uint64_t grains = Grains{.items = items, .size = size}.count();
        TreeFold<T, std::reference_wrapper<Op>> fold(grains, std::ref(op));
        const auto take = [&] {
            for (Leaf& leaf : partials) {
                fold.add(std::move(leaf));
            }
            detail::add_lost(team, running, fold, identity);
            return fold.take();
        };
        return detail::gather_fold<T>(team, grains, identity, op, take);
    } else {
        if (options.journal != nullptr) {
            return detail::reduce_journaled<T>(team, input, size, std::move(identity), f, op, options);
        }
        const std::uint64_t grains = Grains{.items = input.count(), .size = size}.count();
        detail::CallPlan plan = detail::plan_for("map_reduce", input, options, Purpose::reduce);
        plan.grains = grains;
        detail::Running running(team, plan, options, input.count());
        TreeFold<T, std::reference_wrapper<Op>> fold(grains, std::ref(op));
        const auto body = [&, partial = detail::partial_body<T>(f, op)](std::uint64_t k, const auto& unit,
                                                                        Context& context) -> void {
            T value = partial(k, unit, context);
            if (!context.stop_requested()) {
                detail::guarded(running.call(), [&] { fold.add(k, std::move(value)); });
            }
        };
        detail::run_in_place(running, input, size, Purpose::reduce, body);
        return detail::finish_fold<T>(team, running, grains, identity, op, fold);
    }
}

}  // namespace cohort

// Data between ranks without tasks: scatter, gather, all_gather, broadcast, on_each, on_root.
//
// All are collective. Blocks may be uneven, and larger than 2 GiB. What travels is Sendable.
#pragma once

#include <cohort/plan/blocks.hpp>
#include <cohort/run/codec.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/team.hpp>
#include <cohort/team/team_core.hpp>

#include <concepts>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace cohort {

namespace detail {

template <typename T>
std::vector<T> joined(const std::vector<Bytes>& parts) {
    std::vector<T> all;
    for (const Bytes& part : parts) {
        std::vector<T> values = unpacked<std::vector<T>>(part);
        all.insert(all.end(), std::make_move_iterator(values.begin()), std::make_move_iterator(values.end()));
    }
    return all;
}

}  // namespace detail

// The value of `value` on the root, on every rank.
template <typename T>
T broadcast(Team& team, T value) {
    detail::require_sendable<T>();
    const detail::Use use(team.core(), "broadcast");
    if (team.size() == 1) {
        return value;
    }
    detail::Bytes bytes = team.is_root() ? detail::packed<T>(value) : detail::Bytes{};
    detail::broadcast(team.core(), bytes, 0);
    return team.is_root() ? std::move(value) : detail::unpacked<T>(bytes);
}

// This rank's block of the root's `xs`: consecutive, in the order of ranks, of sizes that differ by at most one.
template <typename T>
std::vector<T> scatter(Team& team, const std::vector<T>& xs) {
    detail::require_sendable<T>();
    const detail::Use use(team.core(), "scatter");
    std::vector<detail::Bytes> parts;
    if (team.is_root()) {
        const auto ranks = static_cast<std::uint64_t>(team.size());
        for (std::uint64_t rank = 0; rank < ranks; ++rank) {
            const Range part = block(xs.size(), ranks, rank);
            const auto begin = xs.begin() + static_cast<std::ptrdiff_t>(part.first);
            parts.push_back(
                detail::packed(std::vector<T>(begin, begin + static_cast<std::ptrdiff_t>(part.count))));
        }
    }
    return detail::unpacked<std::vector<T>>(detail::scatter(team.core(), parts));
}

// All ranks' blocks, in the order of ranks: on the root; elsewhere empty.
template <typename T>
std::vector<T> gather(Team& team, const std::vector<T>& mine) {
    detail::require_sendable<T>();
    const detail::Use use(team.core(), "gather");
    return detail::joined<T>(detail::gather(team.core(), detail::packed(mine)));
}

// One value of each rank, in the order of ranks: on the root; elsewhere empty.
template <typename T>
    requires(!requires(const T& value) { []<typename U>(const std::vector<U>&) {}(value); })
std::vector<T> gather(Team& team, const T& mine) { return gather(team, std::vector<T>{mine}); }

// The same on every rank.
template <typename T>
auto all_gather(Team& team, const T& mine) {
    return broadcast(team, gather(team, mine));
}

// Runs f(), or f(team), once on every rank; its results in the order of ranks, on the root. Throws on every rank if any
// throws. `f` may make calls of the team, if all ranks make the same.
template <typename F>
auto on_each(Team& team, F&& f) {
    const auto run = [&] {
        if constexpr (std::is_invocable_v<F&, Team&>) {
            return std::invoke(f, team);
        } else {
            return std::invoke(f);
        }
    };
    using R = decltype(run());
    if constexpr (std::is_void_v<R>) {
        team.agree(run);
    } else {
        std::optional<R> mine;
        team.agree([&] { mine.emplace(run()); });
        return gather(team, std::vector<R>{std::move(*mine)});
    }
}

// Runs f() on the root alone; its result, or what it throws, on every rank.
template <typename F>
auto on_root(Team& team, F&& f) {
    using R = std::invoke_result_t<F&>;
    if constexpr (std::is_void_v<R>) {
        team.agree([&] {
            if (team.is_root()) {
                std::invoke(f);
            }
        });
    } else {
        detail::require_sendable<R>();
        std::optional<R> value;
        detail::Bytes bytes;
        team.agree([&] {
            if (team.is_root()) {
                value.emplace(std::invoke(f));
                bytes = detail::packed<R>(*value);
            }
        });
        detail::broadcast(team.core(), bytes, 0);
        return team.is_root() ? std::move(*value) : detail::unpacked<R>(bytes);
    }
}

}  // namespace cohort

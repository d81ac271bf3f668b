// What a call works on.
//
//     indices(n)         0 to n - 1; nothing is shipped
//     From{a}            a, a + 1, ... without end, for searches
//     everywhere(xs)     a container that every rank has; nothing is shipped
//     a Source           items that every rank reads for itself, such as an HDF5 column
//     Grains{...}        runs of items, for kernels
//     xs                 a container: the root's copy counts, and its items are shipped
//     produced(make)     the root calls make() for each item as it is needed; std::nullopt is the end
#pragma once

#include <cohort/plan/grains.hpp>
#include <cohort/run/sendable.hpp>
#include <cohort/run/source.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace cohort {

// Consecutive indices.
struct Indices {
    Index first = 0;
    std::uint64_t count = 0;
};
[[nodiscard]] constexpr Indices indices(std::uint64_t count) noexcept { return {0, count}; }
[[nodiscard]] constexpr Indices indices(Range range) noexcept { return {range.first, range.count}; }

// All indices from `first` to the top of 64 bits.
struct From {
    Index first = 0;
};

template <std::ranges::random_access_range Xs>
struct Everywhere {
    const Xs* items;
};
// `xs` must be the same on every rank and outlive the call.
template <std::ranges::random_access_range Xs>
[[nodiscard]] Everywhere<Xs> everywhere(const Xs& xs) noexcept {
    return {&xs};
}
template <std::ranges::random_access_range Xs>
void everywhere(const Xs&& xs) = delete;  // would dangle

template <typename Make>
struct Produced {
    Make make;
};
// `make` is called on the root only, in order, and returns a std::optional; nullopt is the end.
template <typename Make>
[[nodiscard]] Produced<std::decay_t<Make>> produced(Make&& make) {
    return {std::forward<Make>(make)};
}

namespace detail {

// An input as the run layer sees it. `Item` is what a task is given.
//
// Inputs that every rank has: count(); open(first, count), then item(k) for k in that run; index(k), the number under
// which a task and an error know item k.
// Inputs that the root holds (`shipped`): more(), and take() for the next item in order; count() where `counted`.
template <typename In>
struct Input;

template <>
struct Input<Indices> {
    using Item = Index;
    static constexpr bool shipped = false;
    explicit Input(const Indices& given) : range(given) {}
    [[nodiscard]] std::uint64_t count() const noexcept { return range.count; }
    void open(std::uint64_t /*first*/, std::uint64_t /*count*/) const noexcept {}
    [[nodiscard]] Index item(std::uint64_t k) const noexcept { return range.first + k; }
    [[nodiscard]] Index index(std::uint64_t k) const noexcept { return range.first + k; }
    Indices range;
};

template <>
struct Input<From> : Input<Indices> {
    explicit Input(const From& given) : Input<Indices>({given.first, no_index - given.first}) {}
};

template <>
struct Input<Grains> {
    using Item = Grain;
    static constexpr bool shipped = false;
    explicit Input(const Grains& given) : grains(given) {}
    [[nodiscard]] std::uint64_t count() const noexcept { return grains.count(); }
    void open(std::uint64_t /*first*/, std::uint64_t /*count*/) const noexcept {}
    [[nodiscard]] Grain item(std::uint64_t k) const noexcept { return grains[k]; }
    [[nodiscard]] Index index(std::uint64_t k) const noexcept { return k; }
    Grains grains;
};

template <typename Xs>
struct Input<Everywhere<Xs>> {
    using Item = std::ranges::range_value_t<Xs>;
    static constexpr bool shipped = false;
    explicit Input(const Everywhere<Xs>& given) : items(given.items) {}
    [[nodiscard]] std::uint64_t count() const {
        return static_cast<std::uint64_t>(std::ranges::size(*items));
    }
    void open(std::uint64_t /*first*/, std::uint64_t /*count*/) const noexcept {}
    [[nodiscard]] decltype(auto) item(std::uint64_t k) const {
        return std::ranges::begin(*items)[static_cast<std::ranges::range_difference_t<Xs>>(k)];
    }
    [[nodiscard]] Index index(std::uint64_t k) const noexcept { return k; }
    const Xs* items;
};

template <typename T>
struct Input<Source<T>> {
    using Item = T;
    static constexpr bool shipped = false;
    explicit Input(Source<T>& given) : source(&given) {}
    [[nodiscard]] std::uint64_t count() const { return source->count(); }
    // Reads nothing yet: if that fails, it is the failure of the item that wanted it.
    void open(std::uint64_t first, std::uint64_t count) noexcept {
        end_ = first + count;
        first_ = first;
        read_.clear();
    }
    [[nodiscard]] const T& item(std::uint64_t k) {
        if (k - first_ >= read_.size()) {
            read_from(k);
        }
        return read_[static_cast<std::size_t>(k - first_)];
    }
    [[nodiscard]] Index index(std::uint64_t k) const noexcept { return k; }

    Source<T>* source;

  private:
    static constexpr std::uint64_t at_once = 65'536 / sizeof(T) + 1;
    // Reads a run at once, but not more than fits a cache.
    void read_from(std::uint64_t first) {
        read_.resize(static_cast<std::size_t>(std::min(at_once, end_ - first)));
        first_ = first;
        try {
            source->read(first, read_);
        } catch (...) {
            read_.clear();  // the next item tries anew
            throw;
        }
    }

    std::vector<T> read_;
    std::uint64_t first_ = 0;
    std::uint64_t end_ = 0;
};

template <std::ranges::random_access_range Xs>
    requires std::ranges::sized_range<Xs>
struct Input<Xs> {
    using Item = std::ranges::range_value_t<Xs>;
    static_assert((require_sendable<Item>(), true));
    static constexpr bool shipped = true;
    static constexpr bool counted = true;
    explicit Input(const Xs& given) : items(&given) {}
    [[nodiscard]] std::uint64_t count() const {
        return static_cast<std::uint64_t>(std::ranges::size(*items));
    }
    [[nodiscard]] decltype(auto) at(std::uint64_t k) const {
        return std::ranges::begin(*items)[static_cast<std::ranges::range_difference_t<const Xs>>(k)];
    }
    const Xs* items;
};

template <typename Make>
struct Input<Produced<Make>> {
    using Item = typename std::invoke_result_t<Make&>::value_type;
    static_assert((require_sendable<Item>(), true));
    static constexpr bool shipped = true;
    static constexpr bool counted = false;
    explicit Input(Produced<Make>& given) : make(&given.make) {}
    [[nodiscard]] std::optional<Item> next() { return (*make)(); }
    Make* make;
};

// The number under which tasks, consumers and errors know item k.
template <typename In>
[[nodiscard]] Index index_of(const In& input, std::uint64_t k) {
    if constexpr (In::shipped) {
        return k;
    } else {
        return input.index(k);
    }
}

// The number of items, where this rank knows it.
template <typename In>
[[nodiscard]] std::optional<std::uint64_t> known_count(const In& input) {
    if constexpr (requires { input.count(); }) {
        return input.count();
    } else {
        return std::nullopt;
    }
}

template <typename In>
struct InputFor {
    using type = Input<std::remove_cvref_t<In>>;
};
// Any Source, by its base.
template <typename T>
std::type_identity<Source<T>> source_of(const Source<T>&);
template <typename In>
    requires requires(const In& in) { source_of(in); }
struct InputFor<In> {
    using type = Input<typename decltype(source_of(std::declval<const In&>()))::type>;
};
template <typename In>
using input_t = typename InputFor<In>::type;

}  // namespace detail

}  // namespace cohort

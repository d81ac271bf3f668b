// What can travel between ranks.
//
// A pointer means nothing on another rank, and what refers to memory of its own rank would arrive as rubbish. Such
// types are refused when a program is compiled, with a message that says why. Everything else travels: trivially
// copyable types as memory; strings, optionals, pairs, tuples, arrays and standard containers of what travels, part by
// part; other types by their Boost.Serialization functions. A trivially copyable struct with a pointer inside cannot be
// told apart from an honest one: do not send it.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace cohort {

namespace detail {

template <typename T>
struct RefersToMemory
    : std::bool_constant<std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::is_null_pointer_v<T> ||
                         std::is_reference_v<T> || std::is_function_v<T>> {};
template <typename T, std::size_t N>
struct RefersToMemory<std::span<T, N>> : std::true_type {};
template <typename C, typename Traits>
struct RefersToMemory<std::basic_string_view<C, Traits>> : std::true_type {};
template <typename T>
struct RefersToMemory<std::reference_wrapper<T>> : std::true_type {};

// Looks into pairs, tuples, optionals and containers.
template <typename... Ts>
struct RefersToMemory<std::pair<Ts...>> : std::disjunction<RefersToMemory<std::remove_cv_t<Ts>>...> {};
template <typename... Ts>
struct RefersToMemory<std::tuple<Ts...>> : std::disjunction<RefersToMemory<std::remove_cv_t<Ts>>...> {};
template <typename T>
struct RefersToMemory<std::optional<T>> : RefersToMemory<std::remove_cv_t<T>> {};
template <typename T>
    requires requires {
        typename T::value_type;
        typename T::iterator;
    }
struct RefersToMemory<T> : RefersToMemory<std::remove_cv_t<typename T::value_type>> {};

}  // namespace detail

template <typename T>
concept Sendable = std::is_object_v<T> && !std::is_const_v<T> && !detail::RefersToMemory<T>::value;

namespace detail {

// Refuses at compile time what is not Sendable, in words.
template <typename T>
constexpr void require_sendable() {
    static_assert(
        Sendable<T>,
        "cohort: this type cannot travel between ranks (a pointer, reference, span or string_view means "
        "nothing "
        "in another process); return or pass the values themselves, such as std::vector or std::string");
}

}  // namespace detail

}  // namespace cohort

// The numbers that datasets hold.
//
// A file says of its numbers how many bits they have and whether they are signed; C++ has several types for some of
// these. So types are named by what they hold, and `long` and `long long` are the same where they hold the same.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace cohort {

template <typename T>
concept Number = std::same_as<T, std::remove_cv_t<T>> && !std::same_as<T, bool> &&
                 ((std::integral<T> && sizeof(T) <= 8) || std::same_as<T, float> || std::same_as<T, double>);

namespace detail {

enum class NumberType : std::uint8_t { u8, u16, u32, u64, i8, i16, i32, i64, f32, f64 };

template <Number T>
[[nodiscard]] constexpr NumberType number_type() {
    if constexpr (std::is_floating_point_v<T>) {
        return sizeof(T) == 4 ? NumberType::f32 : NumberType::f64;
    } else {
        constexpr int power = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
        return static_cast<NumberType>(power + (std::is_signed_v<T> ? 4 : 0));
    }
}

// Bytes of one number.
[[nodiscard]] constexpr std::size_t size_of(NumberType type) {
    if (type >= NumberType::f32) return type == NumberType::f32 ? 4 : 8;
    return std::size_t{1} << (static_cast<unsigned>(type) % 4);
}

}  // namespace detail
}  // namespace cohort

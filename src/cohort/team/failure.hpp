// An exception, in a form that can travel.
//
// When a task throws on one rank, every rank throws the same error. So what is known of it is put in a record of fixed
// size, which fits in the node's window and in one small message, and is made an exception again on every rank.
#pragma once

#include <cohort/plan/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

namespace cohort::detail {

struct Failure {
    ErrorKind kind = ErrorKind::none;
    std::int32_t rank = 0;
    std::int32_t signal = 0;
    std::int32_t attempts = 1;
    Index item = no_index;
    std::array<char, 64> host{};
    std::array<char, 128> type{};
    std::array<char, 1280> message{};  // cut where it is longer

    [[nodiscard]] bool any() const noexcept { return kind != ErrorKind::none; }
};

// Local. Puts `value` into one of the record's texts, cut where it is longer.
template <std::size_t N>
void assign(std::array<char, N>& text, std::string_view value) {
    text.fill('\0');
    std::copy_n(value.begin(), std::min(value.size(), N - 1), text.begin());
}

// Local. Describes an exception. `item` is no_index outside of tasks.
[[nodiscard]] Failure describe(const std::exception_ptr& exception, Index item, int rank,
                               std::string_view host, int attempts = 1);

// Local. The failure of a run that a signal asked to end.
[[nodiscard]] Failure describe_interrupt(int signal, int rank, std::string_view host);

// Local. Throws what the record describes, with `original`, where this rank has it, nested in it. `finished` is the
// number of items that had finished.
[[noreturn]] void raise(const Failure& failure, const std::exception_ptr& original, std::uint64_t finished);

}  // namespace cohort::detail

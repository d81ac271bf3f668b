// An array that the ranks of a node hold once.
//
//     cohort::Team node = team.node();
//     cohort::SharedArray<double> table(node, 100'000, 8'000);   // 6.4 GB, once, not once per rank
//     if (node.is_root()) fill(table);
//     table.fence();                                             // now every rank may read it
#pragma once

#include <cohort/plan/error.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/shared_memory.hpp>
#include <cohort/team/team.hpp>
#include <cohort/team/team_core.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

namespace cohort {

namespace detail {

// Collective. Memory for `team`, which must be of one node. Throws UsageError on every rank.
[[nodiscard]] SharedMemory share_memory(Team& team, std::size_t bytes, const char* what);

}  // namespace detail

// `rows` by `columns` elements of T, zeroed, in row-major order. Whoever writes an element and whoever reads it
// afterwards put a fence() between, as for any memory that processes share.
template <typename T>
class SharedArray {
    static_assert(std::is_trivially_copyable_v<T>,
                  "a shared array holds plain memory: T must be trivially copyable");

  public:
    // Collective over `team`, whose ranks must be on one node (Team::node()). Throws UsageError on every rank where there
    // is no room for the array, before anything is touched.
    SharedArray(Team& team, std::uint64_t rows, std::uint64_t columns = 1)
        : team_(team.core()),
          rows_(rows),
          columns_(columns),
          memory_(detail::share_memory(team, bytes(rows, columns), "a shared array")) {}

    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::uint64_t columns() const noexcept { return columns_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return rows_ * columns_; }

    // Local. All elements; one row; one element.
    [[nodiscard]] std::span<T> elements() const noexcept {
        return {data(), static_cast<std::size_t>(size())};
    }
    [[nodiscard]] std::span<T> row(std::uint64_t i) const noexcept {
        return {data() + i * columns_, static_cast<std::size_t>(columns_)};
    }
    [[nodiscard]] T& operator()(std::uint64_t i, std::uint64_t j = 0) const noexcept {
        return data()[i * columns_ + j];
    }

    // Collective. What any rank wrote before it, every rank reads after it.
    void fence() {
        const detail::Use use(team_, "fence");
        std::atomic_thread_fence(std::memory_order_seq_cst);
        detail::barrier(team_);
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }

  private:
    static std::size_t bytes(std::uint64_t rows, std::uint64_t columns) {
        std::size_t elements = 0;
        std::size_t result = 0;
        if (__builtin_mul_overflow(rows, columns, &elements) ||
            __builtin_mul_overflow(elements, sizeof(T), &result)) {
            return std::numeric_limits<std::size_t>::max();
        }
        return result;
    }
    [[nodiscard]] T* data() const noexcept { return reinterpret_cast<T*>(memory_.data()); }

    detail::TeamCore& team_;
    std::uint64_t rows_;
    std::uint64_t columns_;
    detail::SharedMemory memory_;
};

}  // namespace cohort

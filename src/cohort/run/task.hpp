// Calling the user's function: f(x), or f(x, context) where it takes one.
#pragma once

#include <cohort/run/context.hpp>
#include <cohort/run/sendable.hpp>

#include <functional>
#include <type_traits>
#include <utility>

namespace cohort::detail {

template <typename F, typename X>
decltype(auto) run_task(F& f, X&& x, Context& context) {
    if constexpr (std::is_invocable_v<F&, X, Context&>) {
        return std::invoke(f, std::forward<X>(x), context);
    } else {
        static_assert(std::is_invocable_v<F&, X>,
                      "cohort: a task is called with an item of the input, f(x), or with the item and a "
                      "cohort::Context&, f(x, context)");
        return std::invoke(f, std::forward<X>(x));
    }
}

// Type of a task's result, for items of type X, however f takes them.
template <typename F, typename X>
struct TaskResult {
    using type = decltype(run_task(std::declval<F&>(), std::declval<const X&>(), std::declval<Context&>()));
};
template <typename F, typename X>
    requires(!std::is_invocable_v<F&, const X&> && !std::is_invocable_v<F&, const X&, Context&>)
struct TaskResult<F, X> {
    using type = decltype(run_task(std::declval<F&>(), std::declval<X>(), std::declval<Context&>()));
};
template <typename F, typename X>
using task_result_t = typename TaskResult<F, X>::type;

// The same, without const; refused at compile time where it cannot travel.
template <typename F, typename X>
struct SentResult {
    using Raw = task_result_t<F, X>;
    static_assert(!std::is_void_v<Raw>, "cohort: the task returns nothing; use for_each");
    using type = std::remove_cv_t<Raw>;
    static_assert((require_sendable<type>(), true));
};
template <typename F, typename X>
using sent_result_t = typename SentResult<F, X>::type;

}  // namespace cohort::detail

// Work that cannot be asked to stop.
//
// primesieve, primecount, FLINT and PARI return when they are done, which may take minutes. So they work on a thread of
// their own, while the rank's waits and looks whether the result still matters. If it does not, that thread is left to
// itself: the program is about to end.
#pragma once

#include <cohort/run/context.hpp>
#include <primes/prime64.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

namespace cohort::primes {

namespace detail {

// Local. Does this on a thread that does one thing after another, always the same one, as PARI needs it.
void do_aside(std::function<void()> work);

}  // namespace detail

// Local. The result of work(); any other as soon as `stop` says true. `work` must own what it needs. 50 us are lost.
template <typename Work>
std::invoke_result_t<Work&> until_stopped(const Stop& stop, Work work) {
    using Result = std::invoke_result_t<Work&>;
    constexpr std::chrono::milliseconds look{20};
    const auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
    std::future<Result> result = task->get_future();
    detail::do_aside([task] { (*task)(); });
    while (result.wait_for(look) != std::future_status::ready) {
        if (stop()) return Result{};
    }
    return result.get();
}
template <typename Work>
std::invoke_result_t<Work&> until_stopped(Context& context, Work work) {
    return until_stopped([&context] { return context.stop_requested(); }, std::move(work));
}

}  // namespace cohort::primes

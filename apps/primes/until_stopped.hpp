// Work that cannot be asked to stop.
//
// primesieve and primecount return when they are done, which may take a minute. So they work on a thread of their own,
// while the rank's waits and looks whether the result still matters. If it does not, that thread is left to itself: the
// program is about to end.
#pragma once

#include <cohort/run/context.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <type_traits>
#include <utility>

namespace cohort::primes {

// Local. The result of work(); any other as soon as a stop is requested. `work` must own what it needs. 50 us are lost.
template <typename Work>
std::invoke_result_t<Work&> until_stopped(Context& context, Work work) {
    using Result = std::invoke_result_t<Work&>;
    constexpr std::chrono::milliseconds look{20};
    const auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
    std::future<Result> result = task->get_future();
    std::thread([task] { (*task)(); }).detach();
    while (result.wait_for(look) != std::future_status::ready) {
        if (context.stop_requested()) return Result{};
    }
    return result.get();
}

}  // namespace cohort::primes

// map_ordered and map_unordered.
#include <cohort/run/map.hpp>
#include <storm/calls.hpp>
#include <storm/inputs.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cohort::testing {

std::string call_stream(Trial& trial) {
    const bool ordered = trial.dice.one_in(2);
    trial.tries_again_at_once = ordered;
    if (trial.count > 0 && trial.dice.one_in(6)) {
        trial.receiver_throws_at = trial.dice.below(trial.count);
    }
    with_input(trial, [&]<typename R>(std::type_identity<R>, auto&& input) {
        if (trial.receiver_throws_at) {
            *trial.receiver_throws_at += trial.first;
        }
        std::vector<Index> done;
        const auto task = task_of<R>(trial);
        const auto consume = [&](Index i, R&& result) {
            trial.before_taking(i);
            EXPECT_TRUE(result == trial.expected<R>(i)) << "result " << i << " of " << trial;
            done.push_back(i);
        };
        const bool succeeds = trial.succeeds([&] {
            ordered ? map_ordered(trial.team, input, task, consume, trial.options)
                    : map_unordered(trial.team, input, task, consume, trial.options);
        });
        if (ordered) {
            EXPECT_TRUE(std::is_sorted(done.begin(), done.end())) << trial;
        }
        if (succeeds && trial.team.is_root()) {
            trial.expect_complete(done);
        }
        EXPECT_TRUE(done.empty() || trial.team.is_root()) << trial;
    });
    return trial.words();
}

}  // namespace cohort::testing

// map and try_map.
#include <cohort/run/map.hpp>
#include <storm/calls.hpp>
#include <storm/inputs.hpp>

#include <gtest/gtest.h>

namespace cohort::testing {
namespace {

template <typename R, typename Kept>
void expect_results(const Trial& trial, const std::vector<Kept>& results) {
    EXPECT_EQ(results.size(), trial.has_results() ? trial.count : 0) << trial;
    Index i = trial.first;
    for (const Kept& result : results) {
        EXPECT_TRUE(result == (trial.is_lost(i) ? Kept() : Kept(trial.expected<R>(i))))
            << "result " << i << " of " << trial;
        ++i;
    }
}

}  // namespace

std::string call_map(Trial& trial) {
    with_input(trial, [&]<typename R>(std::type_identity<R>, auto&& input) {
        const auto task = task_of<R>(trial);
        if (trial.collects() || trial.dice.one_in(4)) {
            std::vector<std::optional<R>> results;
            if (!trial.collects()) {
                trial.drops_failures = true;
            }
            if (trial.succeeds([&] { results = try_map(trial.team, input, task, trial.options); })) {
                expect_results<R>(trial, results);
            }
        } else {
            std::vector<R> results;
            if (trial.succeeds([&] { results = map(trial.team, input, task, trial.options); })) {
                expect_results<R>(trial, results);
            }
        }
    });
    return trial.words();
}

}  // namespace cohort::testing

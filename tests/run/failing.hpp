// What tests of failures share.
#pragma once

#include <cohort/run/exchange.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/team/team.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>

namespace cohort::testing {

struct OddError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Collective. Runs `call`, which must throw E on every rank with the same words, and then something that works.
template <typename E>
std::string expect_everywhere(Team& team, const std::function<void()>& call,
                              const std::function<void()>& works) {
    std::string words;
    try {
        call();
        ADD_FAILURE() << "nothing was thrown on rank " << team.rank();
    } catch (const E& error) {
        words = error.what();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "another error: " << error.what();
    }
    for (const std::string& other : all_gather(team, words)) {
        EXPECT_EQ(other, words);
    }
    works();
    return words;
}

template <typename E>
std::string expect_everywhere(Team& team, const std::function<void()>& call) {
    return expect_everywhere<E>(
        team, call, [&] { EXPECT_EQ(map_reduce(team, indices(100), 0, [](Index) { return 1; }), 100); });
}

}  // namespace cohort::testing

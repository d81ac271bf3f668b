// find_first, search_first, find_any and any_of.
#include <cohort/run/search.hpp>
#include <cohort/team/team_core.hpp>
#include <storm/calls.hpp>
#include <storm/hits.hpp>
#include <storm/inputs.hpp>
#include <storm/journal.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cohort::testing {
namespace {

// The item at which a search must end with an error, if any: what lies beyond the first hit does not count.
std::optional<Index> failure_of(const Trial& trial, std::optional<Index> hit) {
    const std::vector<Index> lost = trial.lost();
    const Index failure = !trial.collects() && !lost.empty() ? lost.front() : no_index;
    if (trial.producer_throws_at && *trial.producer_throws_at <= std::min(failure, hit.value_or(no_index))) {
        return trial.producer_throws_at;
    }
    return failure < hit.value_or(no_index) ? std::optional(failure) : std::nullopt;
}

}  // namespace

std::string expect_first(Trial& trial, const Hits& hits, const std::function<std::optional<Index>()>& call) {
    const std::optional<Index> hit = hits.first();
    const std::optional<Index> failure = failure_of(trial, hit);
    try {
        const std::optional<Index> found = call();
        EXPECT_FALSE(failure) << "item " << failure.value_or(no_index) << " should have failed\n" << trial;
        EXPECT_EQ(found, hit) << trial;
        if (trial.collects()) {
            std::vector<Index> lost = trial.lost();
            std::erase_if(lost, [&](Index i) { return hit && i > *hit; });
            trial.expect_listed(lost);
        }
        return "found " + std::to_string(found.value_or(no_index));
    } catch (const TaskError& error) {
        EXPECT_EQ(std::optional(error.item()), failure) << error.what() << "\n" << trial;
        EXPECT_EQ(error.attempts(), trial.options.retries + 1) << trial;
        return error.what();
    } catch (const StoreError& error) {
        EXPECT_EQ(trial.producer_throws_at, failure) << error.what() << "\n" << trial;
        return error.what();
    }
}

namespace {

// Like expect_first, of a call that gives any hit, or fails if any task does.
std::string expect_any(Trial& trial, const Hits& hits, const std::function<std::optional<Index>()>& call) {
    const std::vector<Index> lost = trial.lost();
    const bool may_fail = trial.producer_throws_at || (!trial.collects() && !lost.empty());
    try {
        const std::optional<Index> found = call();
        EXPECT_TRUE(found ? hits(*found) && !trial.is_lost(*found) : !hits.first() && !may_fail)
            << "found " << found.value_or(no_index) << " in " << trial;
        for (const TaskFailure& failure : trial.listed()) {
            EXPECT_TRUE(trial.is_lost(failure.item)) << trial;
        }
        return "found " + std::to_string(found.value_or(no_index));
    } catch (const Error& error) {
        EXPECT_TRUE(may_fail) << error.what() << "\n" << trial;
        return error.what();
    }
}

template <typename Input>
std::string search(Trial& trial, const Hits& hits, Input&& input) {
    const auto is_hit = [&](auto&& x, Context& context) {
        take_item(trial, std::forward<decltype(x)>(x), context.index());
        static_cast<void>(trial.run<Number>(context.index(), context));
        return hits(context.index());
    };
    const auto find = [&](auto&& x, Context& context) {
        return is_hit(std::forward<decltype(x)>(x), context)
                   ? std::optional(trial.expected<Numbers>(context.index()))
                   : std::nullopt;
    };
    const auto first = [&] { return find_first(trial.team, input, is_hit, trial.options); };
    const auto what_first = [&]() -> std::optional<Index> {
        const std::optional<Numbers> found = search_first(trial.team, input, find, trial.options);
        const std::optional<Index> hit = hits.first();
        EXPECT_EQ(found.has_value(), hit.has_value()) << trial;
        EXPECT_TRUE(!found || !hit || *found == trial.expected<Numbers>(*hit)) << trial;
        return hit;
    };
    switch (trial.dice.below(5)) {
        case 0:
            return expect_any(trial, hits,
                              [&] { return find_any(trial.team, input, is_hit, trial.options); });
        case 1: return expect_first(trial, hits, what_first);
        default: return expect_first(trial, hits, first);
    }
}

// Where a search failed, it goes on from its journal without failures.
template <typename Input>
std::string search_with_journal(Trial& trial, const Hits& hits, Input&& input) {
    JournalOfTrial journal;
    trial.options.journal = &journal;
    const auto is_hit = [&](auto&& x, Context& context) {
        take_item(trial, std::forward<decltype(x)>(x), context.index());
        static_cast<void>(trial.run<Number>(context.index(), context));
        return hits(context.index());
    };
    const auto call = [&] { return find_first(trial.team, input, is_hit, trial.options); };
    std::string answers = expect_first(trial, hits, call);
    if (!trial.lost().empty()) {
        trial.heal();
        answers += expect_first(trial, hits, call);
    }
    return answers;
}

// find_first over From. Its tasks move messages on: ranks that compute without end would keep those waiting that are still in
// the call before, for what has not left.
std::string search_without_end(Trial& trial) {
    trial.is_range = true;
    trial.first = trial.dice.below(1'000);
    Hits hits(trial);
    hits.put_at(trial.first + trial.count);
    detail::TeamCore& core = trial.team.core();
    const auto is_hit = [&](Index i, Context& context) {
        if (core.has_transport()) {
            core.transport().drive();
        }
        static_cast<void>(trial.run<Number>(i, context));
        return hits(i);
    };
    return expect_first(trial, hits,
                        [&] { return find_first(trial.team, From{trial.first}, is_hit, trial.options); });
}

}  // namespace

std::string call_search(Trial& trial) {
    trial.tries_again_at_once = true;
    std::string answer;
    if (trial.dice.one_in(8)) {
        return search_without_end(trial);
    }
    with_input(trial, [&](auto, auto&& input) {
        const Hits hits(trial);
        if constexpr (!detail::input_t<decltype(input)>::shipped) {
            if (trial.dice.one_in(4)) {
                answer = search_with_journal(trial, hits, input);
                return;
            }
        }
        answer = search(trial, hits, input);
    });
    return answer;
}

}  // namespace cohort::testing

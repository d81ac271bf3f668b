// Calls on parts of a team: tasks that the ranks of a part do together, with calls of the part's own inside.
#include <cohort/run/exchange.hpp>
#include <cohort/run/parts.hpp>
#include <storm/calls.hpp>
#include <storm/hits.hpp>
#include <storm/inputs.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cohort::testing {
namespace {

// A task on parts. One rank of the part may throw: after what its ranks do together, or agreed.
class PartTask {
  public:
    explicit PartTask(Trial& trial) : trial_(trial), kind_(trial.dice.below(4)) {}

    template <typename X>
    Number operator()(X&& x, Team& part, Context& context) const {
        const Index i = context.index();
        take_item(trial_, std::forward<X>(x), i);
        if (kind_ == 1) {
            EXPECT_EQ(map_reduce(part, indices(7), 0, [](Index) { return 1; }), 7) << trial_;
        } else if (kind_ == 2) {
            EXPECT_EQ(all_gather(part, part.rank()).size(), static_cast<std::size_t>(part.size())) << trial_;
        }
        const bool throws = static_cast<int>(i % 3) % part.size() == part.rank();
        Number result = 0;
        const auto work = [&] {
            if (throws || !trial_.fails(i, context.attempt())) {
                result = trial_.run<Number>(i, context);
            }
        };
        kind_ == 3 ? part.agree(work) : work();
        return result;
    }

  private:
    Trial& trial_;
    std::uint64_t kind_;
};

// 0 0 1 1 2, or the like; also with ranks of one part that do not follow each other.
int colour_of(Trial& trial) {
    const int ranks = trial.team.size();
    const int parts = 1 + static_cast<int>(trial.dice.below(static_cast<std::uint64_t>(ranks)));
    const bool in_turn = trial.dice.one_in(3);
    return in_turn ? trial.team.rank() % parts : trial.team.rank() * parts / ranks;
}

}  // namespace

std::string call_on_parts(Trial& trial) {
    trial.count %= 40;
    trial.options.grain = 1;
    Parts parts(trial.team, colour_of(trial));
    const PartTask task(trial);
    const std::uint64_t kind = trial.dice.below(5);
    trial.tries_again_at_once = kind == 1 || kind == 4;
    std::string answer;
    const auto make = [&](auto&& input) {
        if (kind == 0) {
            std::vector<Number> results;
            trial.options.collect = nullptr;  // map refuses it
            if (trial.succeeds([&] { results = map(parts, input, task, trial.options); })) {
                EXPECT_EQ(results.size(), trial.has_results() ? trial.count : 0) << trial;
                for (std::size_t k = 0; k < results.size(); ++k) {
                    EXPECT_EQ(results[k], trial.expected<Number>(trial.first + k)) << trial;
                }
            }
        } else if (kind == 1) {
            std::vector<Index> done;
            const auto consume = [&](Index i, Number result) {
                trial.before_taking(i);
                EXPECT_EQ(result, trial.expected<Number>(i)) << trial;
                done.push_back(i);
            };
            if (trial.succeeds([&] { map_ordered(parts, input, task, consume, trial.options); }) &&
                trial.team.is_root()) {
                trial.expect_complete(done);
            }
        } else if (kind == 2) {
            Number sum = 0;
            if (trial.succeeds(
                    [&] { sum = map_reduce(parts, input, Number{0}, task, std::plus<>{}, trial.options); })) {
                Number expected = 0;
                for (Index i = trial.first; i - trial.first < trial.count; ++i) {
                    expected += trial.is_lost(i) ? 0 : trial.expected<Number>(i);
                }
                EXPECT_EQ(sum, expected) << trial;
            }
        } else if (kind == 3) {
            static_cast<void>(trial.succeeds([&] { for_each(parts, input, task, trial.options); }));
        } else {
            const Hits hits(trial);
            const auto is_hit = [&](auto&& x, Team& part, Context& context) {
                const Index i = context.index();
                static_cast<void>(task(std::forward<decltype(x)>(x), part, context));
                return hits(i);
            };
            answer =
                expect_first(trial, hits, [&] { return find_first(parts, input, is_hit, trial.options); });
        }
    };
    if (trial.dice.one_in(2)) {
        trial.is_range = true;
        trial.first = trial.dice.below(100);
        make(indices({trial.first, trial.count}));
    } else {
        make(on_the_root<std::string>(trial, [&](Index i) { return trial.text(i); }));
    }
    return trial.words() + answer;
}

}  // namespace cohort::testing

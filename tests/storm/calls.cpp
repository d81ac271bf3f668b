#include <storm/calls.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/team/interrupt.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace cohort::testing {
namespace {

std::string make(Trial& trial, int depth) {
    const std::uint64_t kind = trial.dice.below(20);
    switch (kind) {
        case 0:
        case 1:
        case 2: return call_map(trial);
        case 3:
        case 4:
        case 5: return call_map_in_place(trial);
        case 6:
        case 7:
        case 8:
        case 9: return call_stream(trial);
        case 10:
        case 11:
        case 12: return call_reduce(trial);
        case 13:
        case 14:
        case 15: return call_search(trial);
        case 16: return call_on_parts(trial);
        case 17: return depth < 2 ? call_in_subteam(trial, depth + 1) : call_map(trial);
        case 18: return trial.pace.signals && depth == 0 ? call_interrupted(trial) : call_stream(trial);
        default: return call_exchange(trial);
    }
}

// What a rank of a team of its own throws.
void throw_if(bool throws) {
    if (throws) {
        throw Mishap("odd");
    }
}

}  // namespace

std::string call_in_subteam(Trial& trial, int depth) {
    const std::uint64_t colours = 1 + trial.dice.below(3);
    const std::uint64_t colour =
        Dice(trial.seed + 2 + static_cast<std::uint64_t>(trial.team.rank())).below(colours);
    const bool whole_node = trial.dice.one_in(3);
    Team part = whole_node ? trial.team.node() : trial.team.split(static_cast<int>(colour));
    const std::uint64_t seed =
        trial.seed ^ (whole_node ? static_cast<std::uint64_t>(trial.team.node_number()) : colour);
    for (std::uint64_t call = 0; call < 1 + trial.seed % 3; ++call) {
        Trial own(part, seed + (call << 32) + 1, trial.pace);
        const std::string answer = make(own, depth);
        EXPECT_EQ(broadcast(part, answer), answer) << own;
    }
    return "";
}

std::string call_exchange(Trial& trial) {
    std::vector<std::string> all;
    for (Index i = 0; i < trial.count; ++i) {
        all.push_back(trial.text(i));
    }
    trial.dawdle();
    const auto mine = scatter(trial.team, trial.team.is_root() ? all : std::vector<std::string>());
    EXPECT_TRUE(gather(trial.team, mine) == (trial.team.is_root() ? all : std::vector<std::string>()))
        << trial;
    EXPECT_EQ(broadcast(trial.team, trial.team.is_root() ? trial.seed : 0), trial.seed) << trial;
    trial.team.barrier();
    const std::vector<int> ranks = all_gather(trial.team, trial.team.rank());
    EXPECT_EQ(ranks.size(), static_cast<std::size_t>(trial.team.size())) << trial;

    const auto thrower =
        static_cast<int>(trial.dice.below(2 * static_cast<std::uint64_t>(trial.team.size())));
    const std::uint64_t kind = trial.dice.below(3);
    bool threw = false;
    std::string words;
    try {
        if (kind == 0) {
            trial.team.agree([&] { throw_if(thrower == trial.team.rank()); });
        } else if (kind == 1) {
            static_cast<void>(on_each(trial.team, [&] {
                throw_if(thrower == trial.team.rank());
                return 1;
            }));
        } else {
            static_cast<void>(on_root(trial.team, [&] {
                throw_if(thrower < trial.team.size());
                return std::string(trial.text(1));
            }));
        }
    } catch (const TaskError& error) {
        threw = true;
        words = error.what();
    }
    EXPECT_EQ(threw, thrower < trial.team.size()) << trial;
    return words;
}

// A signal at some moment, or none. Where all ranks are in one process all see it at once, as those of one job mostly do: so
// none may be in a call before or after this one.
std::string call_interrupted(Trial& trial) {
    trial.team.barrier();
    const Index when = trial.dice.below(2 * trial.count + 1);
    const std::uint64_t kind = trial.dice.below(4);
    trial.options.collect = nullptr;
    trial.heal();
    const auto task = [&](Index i, Context& context) {
        if (i == when) {
            detail::request_interrupt(SIGTERM);
        }
        return trial.run<Number>(i, context);
    };
    std::string words = "not interrupted";
    try {
        if (kind == 0) {
            for_each(trial.team, indices(trial.count), task, trial.options);
        } else if (kind == 1) {
            map_ordered(
                trial.team, indices(trial.count), task, [](Number) {}, trial.options);
        } else if (kind == 2) {
            static_cast<void>(map(trial.team, indices(trial.count), task, trial.options));
        } else {
            static_cast<void>(
                map_reduce(trial.team, indices(trial.count), Number{0}, task, std::plus<>{}, trial.options));
        }
    } catch (const Interrupted& error) {
        EXPECT_EQ(error.signal(), SIGTERM) << trial;
        EXPECT_LT(when, trial.count) << trial;
        words = error.what();
    }
    EXPECT_EQ(broadcast(trial.team, words), words) << trial;
    detail::clear_interrupt();
    trial.team.barrier();
    return words;
}

std::string make_call(Team& team, std::uint64_t seed, const Pace& pace) {
    Trial trial(team, seed, pace);
    if (team.is_root() && std::getenv("COHORT_STORM_TRACE") != nullptr) {
        std::ostringstream words;
        words << trial << "\n";
        std::fputs(words.str().c_str(), stderr);
    }
    return make(trial, 0);
}

}  // namespace cohort::testing

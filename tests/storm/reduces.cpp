// map_reduce, also with a journal from which it goes on after a failure.
#include <cohort/run/reduce.hpp>
#include <storm/calls.hpp>
#include <storm/inputs.hpp>
#include <storm/journal.hpp>

#include <gtest/gtest.h>

namespace cohort::testing {
namespace {

// x -> a x + b, to be done after others: a fold that does not commute, of values that are sent as memory.
struct Affine {
    std::uint64_t a = 1;
    std::uint64_t b = 0;
    std::uint64_t poisoned = 0;
    friend bool operator==(const Affine&, const Affine&) = default;
};

Affine leaf_of(std::type_identity<Affine> /*type*/, const Trial& trial, Index i, Number number) {
    return {number | 1, number >> 3, i == trial.receiver_throws_at ? 1U : 0U};
}
std::string leaf_of(std::type_identity<std::string> /*type*/, const Trial& /*trial*/, Index /*i*/,
                    Number number) {
    return std::to_string(number % 1'000) + ",";
}

struct Fold {
    Trial* trial;
    Affine operator()(const Affine& x, const Affine& y) const {
        trial->dawdle();
        if (x.poisoned + y.poisoned > 0 && trial->receiver_throws_at) {
            trial->before_taking(*trial->receiver_throws_at);
        }
        return {x.a * y.a, y.a * x.b + y.b, 0};
    }
    std::string operator()(std::string x, const std::string& y) const { return std::move(x) + y; }
};

template <typename T>
T expected_fold(Trial& trial) {
    T all{};
    for (Index i = trial.first; i - trial.first < trial.count; ++i) {
        if (!trial.is_lost(i)) {
            T leaf = leaf_of(std::type_identity<T>{}, trial, no_index, trial.expected<Number>(i));
            all = Fold{&trial}(std::move(all), std::move(leaf));
        }
    }
    return all;
}

template <typename T, typename Input, typename Task>
void reduce_and_look(Trial& trial, Input&& input, const Task& task) {
    T result{};
    if (trial.succeeds(
            [&] { result = map_reduce(trial.team, input, T{}, task, Fold{&trial}, trial.options); })) {
        EXPECT_TRUE(result == expected_fold<T>(trial)) << trial;
    }
}

// Where a call failed, once more without failures.
template <typename T, typename Input, typename Task>
void reduce(Trial& trial, Input&& input, const Task& task) {
    JournalOfTrial journal;
    if constexpr (!detail::input_t<Input>::shipped) {
        if (trial.dice.one_in(3)) {
            trial.options.journal = &journal;
        }
    }
    reduce_and_look<T>(trial, input, task);
    if (trial.options.journal != nullptr && (!trial.words().empty() || !trial.lost().empty())) {
        trial.heal();
        trial.options.report = nullptr;  // tells of what was left
        reduce_and_look<T>(trial, input, task);
    }
}

template <typename T>
auto leaf_task(Trial& trial) {
    return [&trial](auto&& x, Context& context) {
        const Index i = context.index();
        take_item(trial, std::forward<decltype(x)>(x), i);
        return leaf_of(std::type_identity<T>{}, trial, i, trial.run<Number>(i, context));
    };
}

// Over runs of items of which the tasks know only the number.
void reduce_grains(Trial& trial) {
    const std::uint64_t size = 1 + trial.dice.below(10);
    const std::uint64_t missing = trial.count > 0 ? trial.dice.below(size) : 0;
    const auto task = [&](Grain grain, Context& context) {
        EXPECT_EQ(grain.number, context.index()) << trial;
        return leaf_of(std::type_identity<Affine>{}, trial, grain.number,
                       trial.run<Number>(grain.number, context));
    };
    reduce<Affine>(trial, Grains{.items = trial.count * size - missing, .size = size}, task);
}

}  // namespace

std::string call_reduce(Trial& trial) {
    const bool over_grains = trial.dice.one_in(6);
    trial.unit = over_grains ? 1 : trial.options.grain;
    const bool throws = trial.unit == 1 && trial.count > 1 && trial.dice.one_in(6);
    const Index place = throws ? trial.dice.below(trial.count) : 0;
    if (over_grains) {
        if (throws) {
            trial.receiver_throws_at = place;
        }
        reduce_grains(trial);
        return trial.words();
    }
    with_input(trial, [&]<typename R>(std::type_identity<R>, auto&& input) {
        using T = std::conditional_t<std::is_same_v<R, Number>, Affine, std::string>;
        if (throws && std::is_same_v<T, Affine>) {
            trial.receiver_throws_at = trial.first + place;
        }
        reduce<T>(trial, input, leaf_task<T>(trial));
    });
    return trial.words();
}

}  // namespace cohort::testing

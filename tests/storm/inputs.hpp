// The inputs that calls of a storm are given.
#pragma once

#include <cohort/run/inputs.hpp>
#include <cohort/run/source.hpp>
#include <storm/trial.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace cohort::testing {

// Items that every rank computes for itself.
class ItemSource : public Source<Number> {
  public:
    explicit ItemSource(const Trial& trial) : trial_(trial) {}
    [[nodiscard]] std::uint64_t count() const override { return trial_.count; }
    void read(Index first, std::span<Number> items) override {
        for (Number& item : items) {
            item = trial_.item(first++);
        }
    }

  private:
    const Trial& trial_;
};

// All items on the root, which alone count; something else elsewhere.
template <typename X, typename Make>
std::vector<X> on_the_root(const Trial& trial, const Make& make) {
    std::vector<X> all;
    const std::uint64_t count =
        trial.team.is_root() ? trial.count : static_cast<std::uint64_t>(trial.team.rank()) % 3;
    for (Index i = 0; i < count; ++i) {
        all.push_back(trial.team.is_root() ? make(i) : X());
    }
    return all;
}

inline auto maker(Trial& trial) {
    return std::function<std::optional<std::string>()>([&trial, next = Index{0}]() mutable {
        trial.before_making(next);
        return next < trial.count ? std::optional(trial.text(next++)) : std::nullopt;
    });
}

// Draws a kind of input, and calls use(type of results, input).
template <typename Use>
void with_input(Trial& trial, const Use& use) {
    constexpr std::type_identity<Number> number;
    constexpr std::type_identity<Numbers> numbers;
    switch (trial.dice.below(6)) {
        case 0:
            trial.is_range = true;
            trial.first = trial.dice.one_in(2) ? 0 : trial.dice.below(1'000);
            use(number, indices({trial.first, trial.count}));
            break;
        case 1: {
            std::vector<Number> all;
            for (Index i = 0; i < trial.count; ++i) {
                all.push_back(trial.item(i));
            }
            use(numbers, everywhere(all));
            break;
        }
        case 2: {
            ItemSource source(trial);
            use(number, source);
            break;
        }
        case 3: use(number, on_the_root<Number>(trial, [&](Index i) { return trial.item(i); })); break;
        case 4: use(numbers, on_the_root<std::string>(trial, [&](Index i) { return trial.text(i); })); break;
        default:
            if (trial.count > 0 && trial.dice.one_in(6)) {
                trial.producer_throws_at = trial.dice.below(trial.count);
            }
            use(numbers, produced(maker(trial)));
    }
}

// What a task does with the item that it is given, which is its own.
template <typename X>
void take_item(const Trial& trial, X&& x, Index i) {
    const std::remove_cvref_t<X> mine = std::forward<X>(x);
    trial.expect_item(mine, i);
}

// A task that gives an R.
template <typename R>
auto task_of(Trial& trial) {
    return [&trial](auto&& x, Context& context) -> R {
        take_item(trial, std::forward<decltype(x)>(x), context.index());
        return trial.run<R>(context.index(), context);
    };
}

}  // namespace cohort::testing

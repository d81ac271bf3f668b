// Whatever is thrown, wherever: every rank gets it, none hangs, and the team goes on.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>

#include <gtest/gtest.h>
#include <run/failing.hpp>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <functional>
#include <new>
#include <string>
#include <vector>

namespace cohort {
namespace {

using testing::expect_everywhere;
using testing::OddError;
using testing::world;

struct NoException {
    int code;
};

struct Mute : std::exception {
    [[nodiscard]] const char* what() const noexcept override { return ""; }
};

[[noreturn]] void throw_nested() {
    try {
        throw OddError("inner");
    } catch (...) {
        std::throw_with_nested(std::runtime_error("outer"));
    }
}

TEST(Exceptions, OfAnyTypeArriveOnEveryRank) {
    struct Case {
        std::function<void()> fail;
        std::string said;
    };
    const std::vector<Case> cases{
        {[] { throw 42; }, "of type int"},
        {[] { throw NoException{3}; }, "NoException"},
        {[] { throw "text"; }, "char const*"},
        {[] { throw Mute(); }, "Mute"},
        {[] { throw std::bad_alloc(); }, "std::bad_alloc"},
        {[] { throw_nested(); }, "outer"},
        {[] { throw OddError(std::string(100'000, 'x')); }, std::string(1'000, 'x')},
        {[] { throw OddError("two\nlines: {} %s"); }, "two\nlines: {} %s"},
    };
    Team& team = world();
    for (const Case& one : cases) {
        for (const int who : {0, team.size() - 1, -1}) {
            const auto task = [&](Index i) {
                if (who < 0 || team.rank() == who) {
                    one.fail();
                }
                return i;
            };
            const auto call = [&](const Options& options) {
                return [&, options] { for_each(team, indices(64), task, options); };
            };
            const std::string words = expect_everywhere<TaskError>(team, call({.schedule = StaticBlock{}}));
            EXPECT_NE(words.find(one.said), std::string::npos) << words.substr(0, 300);
            expect_everywhere<TaskError>(team, call({.schedule = StaticBlock{}, .retries = who < 0 ? 1 : 0}));
            std::vector<TaskFailure> failures;
            call({.schedule = StaticBlock{}, .collect = &failures})();
            EXPECT_FALSE(failures.empty());
            for (const TaskFailure& failure : failures) {
                EXPECT_NE((failure.type + failure.message).find(one.said), std::string::npos);
            }
        }
    }
}

TEST(Exceptions, WhileOthersAreInACallOfASubteam) {
    Team& team = world();
    Team all = team.split(0);
    for (const int who : {0, team.size() - 1}) {
        Team part = team.split(team.rank() == who ? 0 : 1);
        const auto task = [&](Index) {
            all.barrier();  // else those that have not begun would never come to the subteam's call
            if (team.rank() == who) {
                throw OddError("outside");
            }
            for (int i = 0; i < 20; ++i) {
                EXPECT_EQ(map_reduce(part, indices(100), 0, [](Index) { return 1; }), 100);
            }
        };
        const auto ranks = static_cast<std::uint64_t>(team.size());
        expect_everywhere<TaskError>(
            team, [&] { for_each(team, indices(ranks), task, {.schedule = StaticBlock{}}); });
    }
}

// A stream of each kind, of items that only the root has and of items that all have.
using Stream =
    std::function<void(const std::function<int(int)>& task, const std::function<void(int)>& consume)>;

std::vector<Stream> every_stream(Team& team, std::uint64_t in_flight) {
    const Options options{.in_flight = in_flight};
    const auto index_task = [](const std::function<int(int)>& task) {
        return [&task](Index i) { return task(static_cast<int>(i)); };
    };
    std::vector<int> xs(team.is_root() ? 400 : 0);
    for (std::size_t i = 0; i < xs.size(); ++i) {
        xs[i] = static_cast<int>(i);
    }
    return {
        [=, &team](const auto& task, const auto& consume) {
            map_ordered(team, indices(400), index_task(task), consume, options);
        },
        [=, &team](const auto& task, const auto& consume) {
            map_unordered(team, indices(400), index_task(task), consume, options);
        },
        [=, &team](const auto& task, const auto& consume) { map_ordered(team, xs, task, consume, options); },
        [=, &team](const auto& task, const auto& consume) {
            map_unordered(team, xs, task, consume, options);
        }};
}

TEST(Exceptions, DuringEveryKindOfStream) {
    Team& team = world();
    for (const std::uint64_t in_flight : {0U, 1U, 16U}) {
        for (const Stream& stream : every_stream(team, in_flight)) {
            for (const int item : {0, 200, 399}) {
                const auto same = [](int x) { return x; };
                expect_everywhere<TaskError>(team, [&] {
                    stream([&](int x) { return x == item ? throw OddError("task") : x; }, [](int) {});
                });
                expect_everywhere<TaskError>(team, [&] {
                    stream(same, [&](int x) { x == item ? throw OddError("consumer") : void(); });
                });
            }
        }
    }
}

TEST(Exceptions, InTheOperationOfAReduction) {
    Team& team = world();
    const auto one = [](Index) { return Index{1}; };
    for (const Index limit :
         {Index{1}, Index{100}, Index{399}}) {  // on a rank, or in the last fold on the root
        const auto add = [limit](Index a, Index b) { return a + b > limit ? throw OddError("sum") : a + b; };
        expect_everywhere<TaskError>(team, [&] { map_reduce(team, indices(400), Index{0}, one, add); });
        expect_everywhere<TaskError>(
            team, [&] { map_reduce(team, indices(400), Index{0}, one, add, {.grain = 8}); });
        const std::vector<Index> xs(team.is_root() ? 400 : 0, 1);
        expect_everywhere<TaskError>(team, [&] {
            map_reduce(
                team, xs, Index{0}, [](Index x) { return x; }, add);
        });
    }
}

// A container whose items cannot all be had.
class Torn {
  public:
    explicit Torn(int count) : xs_(static_cast<std::size_t>(count)) {}
    struct Iterator {
        using value_type = int;
        using difference_type = std::ptrdiff_t;
        using reference = int;
        using pointer = const int*;
        using iterator_category = std::random_access_iterator_tag;
        int at = 0;
        int operator*() const { return at == 150 ? throw OddError("torn") : at; }
        int operator[](difference_type i) const { return *(*this + i); }
        Iterator& operator++() { return ++at, *this; }
        Iterator operator++(int) { return {at++}; }
        Iterator& operator--() { return --at, *this; }
        Iterator operator--(int) { return {at--}; }
        Iterator& operator+=(difference_type i) { return at += static_cast<int>(i), *this; }
        Iterator& operator-=(difference_type i) { return at -= static_cast<int>(i), *this; }
        friend Iterator operator+(Iterator a, difference_type i) { return a += i; }
        friend Iterator operator+(difference_type i, Iterator a) { return a += i; }
        friend Iterator operator-(Iterator a, difference_type i) { return a -= i; }
        friend difference_type operator-(Iterator a, Iterator b) { return a.at - b.at; }
        friend auto operator<=>(const Iterator&, const Iterator&) = default;
    };
    [[nodiscard]] Iterator begin() const { return {0}; }
    [[nodiscard]] Iterator end() const { return {static_cast<int>(xs_.size())}; }
    [[nodiscard]] std::size_t size() const { return xs_.size(); }

  private:
    std::vector<int> xs_;
};

TEST(Exceptions, InTheInput) {
    Team& team = world();
    const Torn torn(team.is_root() ? 300 : 0);
    const auto same = [](int x) { return x; };
    std::vector<TaskFailure> failures;
    for (const Options& options : {Options{}, Options{.retries = 2}, Options{.in_flight = 4}}) {
        expect_everywhere<TaskError>(team, [&] { map(team, torn, same, options); });
        expect_everywhere<TaskError>(team, [&] { map_reduce(team, torn, 0, same, std::plus<>{}, options); });
        for (const int last : {0, 1, 77}) {
            int made = 0;
            const auto make = [&]() -> std::optional<int> {
                return made == last ? throw OddError("no more") : std::optional(made++);
            };
            expect_everywhere<TaskError>(team, [&] { map(team, produced(make), same, options); });
        }
    }
    class Broken : public testing::Squares {
      public:
        Broken() : Squares(20'000) {}
        void read(Index first, std::span<double> items) override {
            first == 0 ? throw StoreError("gone") : Squares::read(first, items);
        }
    } source;
    const auto positive = [](double x) { return x > 0; };
    expect_everywhere<StoreError>(team, [&] { for_each(team, source, positive, {.retries = 1}); });
    for_each(team, source, positive, {.schedule = Fixed{100}, .collect = &failures});
    ASSERT_FALSE(failures.empty());  // how many depends on how much is read at once
    EXPECT_EQ(failures[0].item, 0U);
    EXPECT_EQ(failures[0].message, "gone");
}

TEST(Exceptions, OfACallInsideACallOfTheSameTeam) {
    Team& team = world();
    const auto nested = [&](auto&&...) {
        team.barrier();
        return 1;
    };
    for (int who = 0; who < team.size(); ++who) {
        const auto task = [&](Index) { return team.rank() == who ? nested() : 1; };
        const std::string words = expect_everywhere<UsageError>(
            team, [&] { for_each(team, indices(100), task, {.schedule = StaticBlock{}}); });
        EXPECT_NE(words.find("barrier was called from inside a task"), std::string::npos) << words;
    }
    const auto same = [](Index i) { return i; };
    expect_everywhere<UsageError>(team, [&] { map_unordered(team, indices(100), same, nested); });
    expect_everywhere<UsageError>(team, [&] { map_ordered(team, indices(100), same, nested); });
    const auto make = [&]() -> std::optional<Index> { return nested(); };
    expect_everywhere<UsageError>(team, [&] { map(team, produced(make), same); });
    const auto add = [&](int a, int) { return a + nested(); };
    const auto one = [](Index) { return 1; };
    expect_everywhere<UsageError>(team, [&] { map_reduce(team, indices(100), 0, one, add); });
}

}  // namespace
}  // namespace cohort

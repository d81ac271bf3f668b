#include <storm/trial.hpp>

#include <cohort/plan/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <sched.h>
#include <thread>

namespace cohort::testing {
namespace {

// Of the words: FNV-1a.
std::uint64_t hash(std::string_view words, std::uint64_t start) {
    for (const char c : words) {
        start = (start ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return start;
}

Schedule draw_schedule(Dice& dice) {
    const std::uint64_t n = 1 + dice.below(dice.one_in(4) ? 40 : 5);
    const std::vector<Schedule> all{Auto{},   Auto{},    StaticBlock{}, StaticCyclic{n},
                                    Fixed{n}, Guided{n}, Factoring{n}};
    return all[dice.below(all.size())];
}

// Mostly a few.
std::uint64_t draw_count(Dice& dice, std::uint64_t most) {
    const std::vector<std::uint64_t> bounds{4, 30, 30, 300, most};
    return dice.below(std::min(bounds[dice.below(bounds.size())], most));
}

std::uint64_t draw_in_flight(Dice& dice) {
    const std::vector<std::uint64_t> bounds{1, 1, 1, 2, 5, 40, 2'000};
    const std::uint64_t bound = bounds[dice.below(bounds.size())];
    return bound == 1 ? dice.below(2) : 1 + dice.below(bound);
}

constexpr std::string_view not_a_task = "not in a task";

}  // namespace

Trial::Trial(Team& its_team, std::uint64_t its_seed, const Pace& its_pace)
    : team(its_team),
      seed(its_seed),
      pace(its_pace),
      dice(its_seed),
      mine_(its_seed ^ (static_cast<std::uint64_t>(its_team.rank() + 1) << 40)) {
    count = draw_count(dice, pace.most_items);
    options = {.schedule = draw_schedule(dice),
               .in_flight = draw_in_flight(dice),
               .results = dice.one_in(3) ? Results::everywhere : Results::on_root,
               .seed = Seed{dice()},
               .grain = dice.one_in(2) ? 1 : 1 + dice.below(20),
               .retries = dice.one_in(2) ? 0 : static_cast<int>(dice.below(4)),
               .collect = dice.one_in(3) ? &listed_ : nullptr};
    if (dice.one_in(4)) {
        options.report = &balance_;
    }
    if (dice.one_in(4)) {
        options.observers.push_back(&listener_);
    }
    const std::vector<std::uint64_t> fails_in{0, 0, 0, 0, 1 + count, 1 + count, 10, 3, 1};
    fails_in_ = fails_in[dice.below(fails_in.size())];
    if (dice.one_in(pace.sleepy_in)) {
        sleeps_in_ = 1 + mine_.below(200);
    }
}

std::uint64_t Trial::drawn(const char* what, Index i) const { return Dice(hash(what, seed) ^ (i << 8))(); }

std::uint64_t Trial::item(Index i) const { return drawn("item", i); }

std::string Trial::text(Index i) const {
    const std::uint64_t draw = drawn("text", i);
    const std::uint64_t bound = draw % 61 == 0 ? 70'000 : draw % 7 == 0 ? 700 : 10;
    return std::to_string(i) + std::string(drawn("length", i) % bound, static_cast<char>('a' + draw % 26));
}

void Trial::expect_item(Number x, Index i) const {
    EXPECT_EQ(x, is_range ? i : item(i)) << "item " << i << " of " << *this;
}
void Trial::expect_item(const std::string& x, Index i) const {
    EXPECT_TRUE(x == text(i)) << "item " << i << " of " << *this;
}

Number Trial::number(Index i, std::uint64_t random) const { return drawn("number", i) ^ random; }

Numbers Trial::numbers(Index i, std::uint64_t random) const {
    const std::uint64_t draw = drawn("size", i);
    const std::uint64_t bound = draw % 83 == 0 ? 12'000 : draw % 7 == 0 ? 900 : 4;
    return {Numbers(1 + drawn("length", i) % bound, number(i, random))};
}

bool Trial::fails(Index i, int attempt) const {
    if (fails_in_ == 0 || i < first || i - first >= count) {
        return false;
    }
    const Index begin = i - (i - first) % unit;
    for (Index k = begin; k - first < count && k - begin < unit; ++k) {
        const std::uint64_t draw = drawn("failure", k);
        // Some fail a few times only.
        if (draw % fails_in_ == 0 && attempt <= static_cast<int>(draw / fails_in_ % 4)) {
            return true;
        }
    }
    return false;
}

bool Trial::is_lost(Index i) const {
    for (int attempt = 0; attempt <= options.retries; ++attempt) {
        if (!fails(i, attempt)) {
            return false;
        }
    }
    return true;
}

std::vector<Index> Trial::lost() const {
    std::vector<Index> all;
    for (Index k = 0; k < count; k += unit) {
        if (is_lost(first + k)) {
            all.push_back(first + k);
        }
    }
    return all;
}

void Trial::dawdle() {
    if (sleeps_in_ != 0 && mine_.one_in(sleeps_in_)) {
        const auto most = static_cast<std::uint64_t>(pace.longest_sleep.count());
        mine_.one_in(3) ? static_cast<void>(sched_yield())
                        : std::this_thread::sleep_for(std::chrono::nanoseconds(mine_.below(most)));
    }
}

void Trial::begin(Index i, Context& context) {
    EXPECT_EQ(context.index(), i) << *this;
    dawdle();
    for (int look = 0; i % 5 == 0 && look < 100 && !context.stop_requested(); ++look) {}
    if (fails(i, context.attempt())) {
        throw Mishap("odd " + std::to_string(i - (i - first) % unit));
    }
}

void Trial::before_making(Index i) {
    dawdle();
    if (i == producer_throws_at) {
        throw StoreError(std::string(not_a_task));
    }
}

void Trial::before_taking(Index i) {
    dawdle();
    if (i == receiver_throws_at) {
        throw StoreError(std::string(not_a_task));
    }
    EXPECT_FALSE(is_lost(i)) << "item " << i << " of " << *this;
}

void Trial::expect_complete(std::vector<Index> done) const {
    std::sort(done.begin(), done.end());
    std::vector<Index> wanted;
    for (Index i = first; i - first < count; ++i) {
        if (!is_lost(i)) {
            wanted.push_back(i);
        }
    }
    EXPECT_EQ(done, wanted) << *this;
}

void Trial::heal() {
    fails_in_ = 0;
    receiver_throws_at.reset();
    producer_throws_at.reset();
    listener_ = {};
}

bool Trial::must_fail() const {
    return producer_throws_at || (receiver_throws_at && !is_lost(*receiver_throws_at)) ||
           (!outlives_failures() && !lost().empty());
}

void Trial::expect_right_failure(const TaskError& error) const {
    const std::vector<Index> all = lost();
    EXPECT_FALSE(outlives_failures()) << error.what() << "\n" << *this;
    EXPECT_TRUE(std::binary_search(all.begin(), all.end(), error.item())) << error.what() << "\n" << *this;
    EXPECT_EQ(error.attempts(), options.retries + 1) << error.what() << "\n" << *this;
    if (options.retries > 0 && !tries_again_at_once) {
        EXPECT_EQ(error.item(), all.front()) << "of those that failed after all others\n" << *this;
    }
}

void Trial::expect_listed(const std::vector<Index>& lost) const {
    std::vector<Index> items;
    for (const TaskFailure& failure : listed_) {
        items.push_back(failure.item);
        EXPECT_EQ(failure.items, std::min(unit, first + count - failure.item)) << *this;
        EXPECT_EQ(failure.attempts, options.retries + 1) << *this;
        EXPECT_NE(failure.message.find("odd " + std::to_string(failure.item)), std::string::npos)
            << failure.message << "\n"
            << *this;
    }
    EXPECT_EQ(items, lost) << *this;
}

bool Trial::succeeds(const std::function<void()>& call) {
    words_.clear();
    try {
        call();
    } catch (const TaskError& error) {
        words_ = error.what();
        expect_right_failure(error);
    } catch (const StoreError& error) {
        words_ = error.what();
        EXPECT_EQ(words_, not_a_task) << *this;
        EXPECT_TRUE(producer_throws_at || receiver_throws_at) << *this;
    }
    const bool heard = team.is_root() && !options.observers.empty();
    EXPECT_EQ(listener_.started_, heard ? 1 : 0) << *this;
    EXPECT_EQ(listener_.ended_, heard ? 1 : 0) << *this;
    if (!words_.empty()) {
        return false;
    }
    EXPECT_FALSE(must_fail()) << *this;
    if (options.report != nullptr) {
        std::uint64_t items = count;
        for (const Index i : lost()) {
            items -= std::min(unit, first + count - i);
        }
        EXPECT_EQ(balance_.items, items) << *this;
    }
    if (collects()) {
        expect_listed(lost());
    }
    return true;
}

void Trial::Listener::started(std::string_view /*call*/, std::optional<std::uint64_t> /*items*/) {
    ++started_;
}
void Trial::Listener::advanced(std::uint64_t items) {
    EXPECT_GE(items, items_);
    items_ = items;
}
void Trial::Listener::ended(const Balance& balance) {
    EXPECT_EQ(balance.items, items_);
    ++ended_;
}

std::ostream& operator<<(std::ostream& out, const Trial& trial) {
    out << "trial " << trial.seed << ": " << trial.count << " items from " << trial.first << " on, "
        << name(trial.options.schedule) << ", " << trial.options.in_flight << " in flight, grains of "
        << trial.options.grain << ", " << trial.options.retries << " retries"
        << (trial.collects() ? ", failures collected" : "")
        << (trial.options.results == Results::everywhere ? ", results everywhere" : "");
    if (trial.fails_in_ > 0) {
        out << ", one item in " << trial.fails_in_ << " fails";
    }
    if (trial.receiver_throws_at) {
        out << ", what takes results throws at " << *trial.receiver_throws_at;
    }
    if (trial.producer_throws_at) {
        out << ", the producer throws at " << *trial.producer_throws_at;
    }
    return out << (trial.sleeps_in_ > 0 ? ", with sleeps" : "");
}

}  // namespace cohort::testing

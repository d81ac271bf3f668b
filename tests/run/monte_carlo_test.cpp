// A mean and its error have the same bits on any ranks, stop where they should, and refuse what they cannot tell.
#include <cohort/run/monte_carlo.hpp>

#include <gtest/gtest.h>
#include <run/inputs.hpp>
#include <support/world.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>

namespace cohort {
namespace {

using testing::every_schedule;
using testing::world;

double exponential(Random& random) { return -std::log1p(-random.uniform()); }
bool is_in_disc(Random& random) {
    const double x = random.uniform();
    const double y = random.uniform();
    return x * x + y * y < 1;
}

std::vector<double> numbers(const Estimate& estimate) {
    return {estimate.mean, estimate.variance, estimate.standard_error, estimate.interval.low,
            estimate.interval.high};
}

TEST(MonteCarlo, GivesTheSameBitsAsOneRankForEverySchedule) {
    Team alone = Team::alone();
    for (const std::uint64_t samples : {1U, 2U, 999U, 50'003U}) {
        const auto expected = monte_carlo(alone, exponential, {.samples = samples, .grain = 64});
        for (const Schedule& schedule : every_schedule()) {
            const auto result =
                monte_carlo(world(), exponential, {.samples = samples, .grain = 64, .schedule = schedule});
            EXPECT_EQ(numbers(result), numbers(expected)) << samples << ", " << name(schedule);
            EXPECT_EQ(result.samples, samples);
            EXPECT_EQ(result.tally.samples(), samples);
        }
    }
}

TEST(MonteCarlo, IsTheMeanOfItsSamples) {
    long double sum = 0;
    for (Index i = 0; i < 10'000; ++i) {
        Random random(Seed(3), 0, i);
        sum += exponential(random);
    }
    for (const std::uint64_t grain : {0U, 1U, 1'000U, 1'000'000U}) {
        const auto result =
            monte_carlo(world(), exponential, {.samples = 10'000, .seed = Seed(3), .grain = grain});
        EXPECT_NEAR(result.mean, static_cast<double>(sum / 10'000), 1e-14);
        EXPECT_NEAR(result.standard_error, 0.01, 1e-3);
        EXPECT_NEAR(result.interval.high - result.mean, 1.96 * result.standard_error, 1e-5);
        EXPECT_EQ(result.rounds, 1U);
    }
}

TEST(MonteCarlo, CountsWhatIsTrueOrFalseExactly) {
    std::uint64_t inside = 0;
    for (Index i = 0; i < 20'000; ++i) {
        Random random(Seed(1), 0, i);
        inside += is_in_disc(random) ? 1U : 0U;
    }
    const Bernoulli expected{.count = 20'000, .successes = inside};
    const auto at_once = monte_carlo(world(), is_in_disc, {.samples = 20'000});
    EXPECT_EQ(at_once.tally, expected);
    EXPECT_EQ(at_once.interval, expected.interval(0.95));
    const auto by_grain = [](const Grain& grain) {
        Bernoulli tally{.count = grain.count};
        for (Index i = grain.first; i < grain.first + grain.count; ++i) {
            Random random(Seed(1), 0, i);
            tally.successes += is_in_disc(random) ? 1U : 0U;
        }
        return tally;
    };
    const auto in_rounds =
        monte_carlo(world(), by_grain, {.samples = 20'000, .target_error = 1e-9, .grain = 300});
    EXPECT_EQ(in_rounds.tally, expected);
    EXPECT_FALSE(in_rounds.reached);
    EXPECT_GT(in_rounds.rounds, 10U);
}

TEST(MonteCarlo, TakesSeveralValuesOfOneSample) {
    const auto powers = [](Random& random) {
        const double x = random.uniform();
        return std::array{x, x * x, x * x * x};
    };
    const auto first = [](Random& random) { return random.uniform(); };
    const auto result = monte_carlo(world(), powers, {.target_error = 1e-3});
    const auto alone = monte_carlo(world(), first, {.samples = result.samples, .target_error = 1e-9});
    EXPECT_EQ(numbers(result[0]), numbers(alone));
    for (std::size_t i = 0; i < result.size(); ++i) {
        EXPECT_LE(result[i].standard_error, 1e-3);
        EXPECT_NEAR(result[i].mean, 1.0 / static_cast<double>(i + 2), 5e-3);
    }
}

// Standing for what a program may keep of its samples.
struct Largest {
    Moments moments;
    double largest = 0;

    void merge(const Largest& other) {
        moments.merge(other.moments);
        largest = std::max(largest, other.largest);
    }
    [[nodiscard]] std::uint64_t samples() const { return moments.samples(); }
    [[nodiscard]] double mean() const { return moments.mean(); }
    [[nodiscard]] double variance() const { return moments.variance(); }
};

TEST(MonteCarlo, KeepsTalliesOfAProgramsOwn) {
    std::set<std::uint64_t> numbers_seen;
    const auto kernel = [&](const Grain& grain, Context& context) {
        EXPECT_EQ(grain.number, context.index());
        EXPECT_EQ(grain.first, grain.number * 100);
        EXPECT_TRUE(numbers_seen.insert(grain.number).second) << "grain " << grain.number << " came twice";
        MomentSums sums;
        double largest = 0;
        for (std::uint64_t i = 0; i < grain.count; ++i) {
            const double x = context.random().uniform();
            sums.add(x);
            largest = std::max(largest, x);
        }
        return Largest{sums.tally(), largest};
    };
    const auto result = monte_carlo(world(), kernel, {.target_error = 2e-3, .grain = 100});
    EXPECT_NEAR(result.mean, 0.5, 0.01);
    EXPECT_GT(result.tally.largest, 0.999);
    EXPECT_LT(result.tally.largest, 1);
}

TEST(MonteCarlo, StopsAtTheWantedErrorAndNotMuchLater) {
    const double wanted = 5e-3;
    std::vector<std::uint64_t> rounds;
    const auto result =
        monte_carlo(world(), exponential,
                    {.target_error = wanted, .on_round = [&](const auto& now) {
                         rounds.push_back(now.samples);
                         EXPECT_EQ(now.rounds, rounds.size());
                         EXPECT_EQ(now.reached, now.samples >= 10'000 && now.standard_error <= wanted);
                     }});
    EXPECT_TRUE(result.reached);
    EXPECT_LE(result.standard_error, wanted);
    EXPECT_LT(result.samples, 1.3 / (wanted * wanted));
    EXPECT_EQ(rounds.back(), result.samples);
    Team alone = Team::alone();
    EXPECT_EQ(numbers(monte_carlo(alone, exponential, {.target_error = wanted})), numbers(result));
}

TEST(MonteCarlo, StopsAtARelativeErrorOrEither) {
    const auto large = [](Random& random) { return 1e6 * exponential(random); };
    const auto relative = monte_carlo(world(), large, {.relative_error = 1e-2});
    EXPECT_LE(relative.standard_error, 1e-2 * relative.mean);
    const auto either = monte_carlo(world(), large, {.target_error = 1, .relative_error = 1e-2});
    EXPECT_EQ(either.samples, relative.samples);
}

TEST(MonteCarlo, BelievesNoErrorOfAFewThatAreAlike) {
    const auto rare = [](Random& random) { return random.uniform() < 1e-3 ? 1.0 : 0.0; };
    const auto careful = monte_carlo(world(), rare, {.relative_error = 0.1, .least = 100'000, .grain = 16});
    EXPECT_GT(careful.mean, 5e-4);
    EXPECT_GE(careful.samples, 100'000U);
    const auto constant =
        monte_carlo(world(), [](Random&) { return 0.1; }, {.target_error = 1e-9, .grain = 100});
    EXPECT_EQ(constant.mean, 0.1);
    EXPECT_EQ(constant.standard_error, 0);
    EXPECT_LT(constant.samples, 20'000U);
}

std::string failure_of(const auto& call) {
    try {
        call();
    } catch (const TaskError& error) {
        return error.what();
    }
    return "";
}

TEST(MonteCarlo, NamesTheSampleThatIsNotFinite) {
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        Random culprit(Seed(1), 0, 4'711);
        const double draw = culprit.uniform();
        const auto integrand = [&](Random& random) {
            const double x = random.uniform();
            return x == draw ? bad : x;
        };
        const std::string said = failure_of([&] { monte_carlo(world(), integrand, {.samples = 10'000}); });
        EXPECT_NE(said.find("sample 4711 is "), std::string::npos) << said;
    }
}

TEST(MonteCarlo, RefusesTalliesThatCannotBe) {
    const auto short_of = [](const Grain& grain) { return Bernoulli{grain.count - 1, 0}; };
    EXPECT_NE(failure_of([&] { monte_carlo(world(), short_of, {.samples = 100}); }).find("has 99"),
              std::string::npos);
    const auto huge = [](Random& random) { return 1e300 * random.uniform(); };
    EXPECT_NE(
        failure_of([&] { monte_carlo(world(), huge, {.samples = 100}); }).find("samples 0 +100 have mean"),
        std::string::npos);
}

TEST(MonteCarlo, RefusesWhatNeverStopsOrMakesNoSense) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<MonteCarloOptions<Moments>> all = {
        {},
        {.samples = 0, .confidence = 0.9},
        {.target_error = -1},
        {.samples = 10, .target_error = nan},
        {.samples = 10, .relative_error = std::numeric_limits<double>::infinity()},
        {.samples = 10, .confidence = 0},
        {.samples = 10, .confidence = 1},
        {.samples = 10, .confidence = nan},
    };
    for (const auto& options : all) EXPECT_THROW(monte_carlo(world(), exponential, options), UsageError);
}

// Keeps what each round has finished.
class Notebook : public Journal {
  public:
    std::vector<Done> begin(std::string_view call, const Grains& /*grains*/) override {
        call_ = call;
        std::vector<Done> all;
        for (const auto& [grain, partial] : done[call_]) all.push_back({grain, partial});
        return all;
    }
    void finished(std::uint64_t grain, std::span<const std::byte> partial) override {
        EXPECT_FALSE(done[call_].contains(grain));
        done[call_][grain].assign(partial.begin(), partial.end());
    }
    void end() override {}

    std::map<std::string, std::map<std::uint64_t, std::vector<std::byte>>> done;

  private:
    std::string call_;
};

TEST(MonteCarlo, GoesOnFromAJournalWithTheSameBits) {
    const auto expected = monte_carlo(world(), exponential, {.target_error = 5e-3, .seed = Seed(2)});
    Notebook notebook;
    const auto breaks = [](Random& random) {
        Random copy(random);
        if (copy.uniform() > 0.99998) throw std::runtime_error("power cut");
        return exponential(random);
    };
    EXPECT_THROW(monte_carlo(world(), breaks, {.target_error = 5e-3, .seed = Seed(2), .journal = &notebook}),
                 TaskError);
    const auto result =
        monte_carlo(world(), exponential, {.target_error = 5e-3, .seed = Seed(2), .journal = &notebook});
    EXPECT_EQ(numbers(result), numbers(expected));
    EXPECT_EQ(notebook.done.size(), world().is_root() ? expected.rounds : 0);
}

// What an observer hears.
class Listener : public Observer {
  public:
    void started(std::string_view call, std::optional<std::uint64_t> items) override {
        name = call;
        known = items;
        ++starts;
    }
    void advanced(std::uint64_t items) override {
        EXPECT_GE(items, last);
        last = items;
    }
    void ended(const Balance& balance) override {
        finished = balance.items;
        ++ends;
    }

    std::string name;
    std::optional<std::uint64_t> known;
    std::uint64_t last = 0;
    std::uint64_t finished = 0;
    int starts = 0;
    int ends = 0;
};

TEST(MonteCarlo, TellsOfAllRoundsAsOfOneCall) {
    Listener listener;
    Balance balance;
    const auto result =
        monte_carlo(world(), exponential,
                    {.target_error = 5e-3, .name = "waits", .observers = {&listener}, .report = &balance});
    EXPECT_EQ(balance.items, result.samples);
    EXPECT_EQ(balance.ranks, world().size());
    if (!world().is_root()) return;
    EXPECT_EQ(listener.name, "waits");
    EXPECT_EQ(listener.known, std::nullopt);
    EXPECT_EQ(listener.starts, 1);
    EXPECT_EQ(listener.ends, 1);
    EXPECT_EQ(listener.finished, result.samples);
    EXPECT_LE(listener.last, result.samples);
}

}  // namespace
}  // namespace cohort

// The mean of a function of random numbers, and how well it is known: monte_carlo.
//
//     // The volume of a ball: each sample is true or false, or a number, or a std::array of either.
//     auto ball = cohort::monte_carlo(team, [](cohort::Random& random) {
//         const double x = random.uniform(), y = random.uniform(), z = random.uniform();
//         return x * x + y * y + z * z < 1;
//     }, {.relative_error = 1e-3});
//     8 * ball.mean, 8 * ball.standard_error, 8 * ball.interval.low
//
//     // A kernel that does a grain at once gives a tally of it (plan/moments.hpp).
//     auto share = cohort::monte_carlo(team, [&](const cohort::Grain& darts) {
//         return cohort::Bernoulli{darts.count, count_inside(darts.items(), seed)};
//     }, {.samples = 1'000'000'000, .grain = 1 << 18});
//
// Sample i draws from Random(seed, 0, i), so it is the same on any rank, in grains of any size. Tallies are merged by
// map_reduce along a fixed tree, and a wanted error is looked for after rounds that are fixed beforehand (plan/rounds.hpp).
// So all of the result is the same, bit for bit, on any number of ranks and with any schedule. Grains of another size, or
// rounds, only round otherwise. Stopping when an error is small favours samples with a small variance: the bias vanishes
// with their number.
#pragma once

#include <cohort/plan/moments.hpp>
#include <cohort/plan/rounds.hpp>
#include <cohort/run/monte_carlo_rounds.hpp>
#include <cohort/run/monte_carlo_task.hpp>
#include <cohort/run/reduce.hpp>

#include <functional>
#include <string>

namespace cohort {

// The result of monte_carlo, or of its rounds so far. The mean and its error are members of it, as those of an Estimate;
// of a std::array of values it is an array of Estimates.
template <typename T>
struct MonteCarlo : detail::Estimates<T> {
    std::uint64_t samples = 0;
    std::uint64_t rounds = 0;
    bool reached = true;  // the wanted error, if there was one
    T tally{};            // of all samples
};

// The same on every rank, as Options are.
template <typename T>
struct MonteCarloOptions {
    std::uint64_t samples = 0;  // to take; with a wanted error at most, and then 0 is no bound
    // Stop when the standard error is at most this, or at most this much of the mean; of several values, of all.
    double target_error = 0;
    double relative_error = 0;
    std::uint64_t least = 10'000;  // samples before an error is believed: all of the first few may be alike
    double confidence = 0.95;      // that the interval holds the mean
    Seed seed = Seed{1};
    std::uint64_t grain = 1024;  // samples per tally
    // Called on every rank after every round, with what is known by then. What it throws must be thrown on all.
    std::function<void(const MonteCarlo<T>&)> on_round = {};
    Schedule schedule = Auto{};
    std::string name = "monte_carlo";       // rounds are calls: "monte_carlo, round 1"
    std::vector<Observer*> observers = {};  // hear of all rounds as one call, in samples
    Journal* journal = nullptr;
    Balance* report = nullptr;  // of all rounds
    int retries = 0;
    std::optional<std::chrono::milliseconds> grace = {};
};

// Collective. The mean of the integrand; the result is on every rank. The integrand is f(Random&), one sample, or f(grain)
// or f(grain, context) for all samples of a Grain, whose number and indices count from the first sample of all rounds; then
// context.random() is that grain's. Throws UsageError unless it is told when to stop, and TaskError if a sample is not
// finite, which says which one. Without a wanted error and on_round it is one call of map_reduce, and costs that.
template <typename F, typename T = detail::integrand_tally_t<F>>
MonteCarlo<T> monte_carlo(Team& team, F&& integrand,
                          const std::type_identity_t<MonteCarloOptions<T>>& options) {
    const detail::Stop stop{.samples = options.samples,
                            .target_error = options.target_error,
                            .relative_error = options.relative_error,
                            .least = options.least,
                            .confidence = options.confidence};
    stop.check();
    const std::uint64_t size = std::max<std::uint64_t>(options.grain, 1);
    const bool in_rounds = stop.has_target() || options.on_round != nullptr;
    MonteCarlo<T> now;
    detail::RoundsReport heard(options.observers, options.report, size, stop.known_samples());
    while (now.samples < stop.most() && (now.rounds == 0 || !stop.has_target() || !now.reached)) {
        const std::uint64_t begin = now.samples;
        const std::uint64_t end = in_rounds ? round_end(begin, stop.most(), size) : stop.most();
        const std::uint64_t grains = Grains{.items = end - begin, .size = size}.count();
        const auto task = [&](Index number, Context& context) {
            const Grain grain{number, number * size, std::min(size, end - number * size)};
            return detail::tally_of<T>(integrand, grain, options.seed, context);
        };
        const auto merge = [](T tally, const T& next) {
            detail::merge(tally, next);
            return tally;
        };
        const std::string round = in_rounds ? ", round " + std::to_string(now.rounds + 1) : "";
        const T tally =
            heard.of_round(begin, end, [&](const std::vector<Observer*>& observers, Balance& balance) {
                return map_reduce(team, indices(Range{begin / size, grains}), T{}, task, merge,
                                  {.schedule = options.schedule,
                                   .name = options.name + round,
                                   .observers = observers,
                                   .journal = options.journal,
                                   .seed = options.seed,
                                   .report = &balance,
                                   .retries = options.retries,
                                   .grace = options.grace});
            });
        detail::merge(now.tally, tally);
        static_cast<detail::Estimates<T>&>(now) = detail::estimates(now.tally, options.confidence);
        now.samples = end;
        ++now.rounds;
        now.reached = stop.is_reached(end, static_cast<const detail::Estimates<T>&>(now));
        if (options.on_round) options.on_round(now);
    }
    heard.end();
    return now;
}

}  // namespace cohort

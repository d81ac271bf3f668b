// cohort-pi: pi from darts thrown at random, on every rank.
//
// Each rank counts the darts inside the disc in the grains that it takes; the sum is an exact integer, the same on any
// ranks. A wanted error, and an output that shows convergence, need the count at certain points, so the run then goes
// through the rounds of monte_carlo; else it is one call.

#include <cohort/app/launch.hpp>
#include <cohort/app/output.hpp>
#include <cohort/app/program.hpp>
#include <cohort/app/waiting.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/plan/rounds.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/monte_carlo.hpp>
#include <cohort/team/team.hpp>
#include <pi/convergence.hpp>
#include <pi/estimate.hpp>
#include <pi/kernel.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

namespace {

using namespace cohort;

struct Wishes {
    std::uint64_t darts = 1'000'000'000;
    double target_error = 0;  // 0: none
    bool is_capped = true;    // by the user; always without a target error
    double confidence = 0.95;
    std::string generator = std::string(name(pi::Generator::philox4x32_10));

    [[nodiscard]] pi::Generator parsed_generator() const {
        if (const auto named = pi::generator_named(generator)) return *named;
        throw UsageError(fmt::format("--generator {} is not there", shown(generator)), "there are two",
                         "choose philox4x32-10 or mwc52");
    }
};

// A bar that knows how many darts a wanted error takes.
class DartsBar : public Observer {
  public:
    DartsBar(Progress bar, std::uint64_t darts) : bar_(std::move(bar)), darts_(darts) {}

    void started(std::string_view /*call*/, std::optional<std::uint64_t> /*darts*/) override {
        bar_.started("darts", darts_);
    }
    void advanced(std::uint64_t darts) override { bar_.advanced(std::min(darts, darts_)); }
    void ended(const Balance& balance) override { bar_.ended(balance); }

  private:
    Progress bar_;
    std::uint64_t darts_;
};

// Darts per second of one core, from a few milliseconds of it.
double speed_of_a_core(pi::Generator generator, Isa isa) {
    constexpr std::uint64_t darts = std::uint64_t{1} << 22;
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t inside = pi::count_inside({0, darts}, Seed(), generator, isa);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    return inside > 0 ? static_cast<double>(darts) / std::max(taken.count(), 1e-9) : 0;
}

// Local. Throws UsageError, with what it would cost, for a target error that no cap allows.
void check_target(const Wishes& wishes, int ranks) {
    if (!(wishes.target_error > 0)) {
        throw UsageError(fmt::format("--target-error {} cannot be reached", wishes.target_error),
                         "an error is above 0", "choose one such as 1e-4");
    }
    const double darts = pi::darts_for(wishes.target_error);
    if (wishes.is_capped || darts <= static_cast<double>(pi::default_cap)) return;
    const double seconds = darts / (speed_of_a_core(wishes.parsed_generator(), chosen_isa()) * ranks);
    const std::string remedy =
        fmt::format("choose {:.1g} or more", 1.1 * std::sqrt(pi::darts_for(1) / pi::default_cap));
    const bool can_be_allowed = darts < 0x1p64;
    throw UsageError(
        fmt::format("--target-error {} is out of reach", wishes.target_error),
        fmt::format("it takes {:.1e} darts: {} on {} rank{}", darts, duration(seconds), ranks,
                    ranks == 1 ? "" : "s"),
        can_be_allowed ? fmt::format("{}, or allow it by --darts {:.1e}", remedy, 1.1 * darts) : remedy);
}

// How many darts the run will take, unless luck is against it.
std::uint64_t expected_darts(const Wishes& wishes) {
    if (!(wishes.target_error > 0)) return wishes.darts;
    const double needed = pi::darts_for(wishes.target_error);
    std::uint64_t darts = 0;
    while (darts < wishes.darts && static_cast<double>(darts) < needed)
        darts = round_end(darts, wishes.darts, pi::grain_darts);
    return darts;
}

// Collective. The state after each round; the last one is the result, and has at most `wishes.darts` darts.
std::vector<pi::Round> throw_darts(Team& team, Program& program, const Wishes& wishes) {
    const Seed seed(program.common().seed);
    const Isa isa = chosen_isa();
    const pi::Generator generator = wishes.parsed_generator();
    DartsBar bar(program.progress("darts"), expected_darts(wishes));
    Balance balance;
    std::vector<pi::Round> rounds;
    const auto note = [&](const auto& now) { rounds.push_back({now.tally, pi::pi_of(now)}); };
    const auto count = [&](const Grain& darts) {
        return Bernoulli{darts.count, pi::count_inside(darts.items(), seed, generator, isa)};
    };
    MonteCarloOptions<Bernoulli> options{.samples = wishes.darts,
                                         .target_error = wishes.target_error / 4,  // of the share inside
                                         .least = 1,
                                         .confidence = wishes.confidence,
                                         .grain = pi::grain_darts,
                                         .schedule = program.common().schedule,
                                         .name = "darts",
                                         .observers = {&bar},
                                         .report = &balance};
    if (!program.common().output.empty()) options.on_round = note;
    const MonteCarlo<Bernoulli> result = monte_carlo(team, count, options);
    if (rounds.empty()) note(result);
    program.add_balance(balance);
    return rounds;
}

std::string text_of(const pi::Round& last, const Wishes& wishes, std::uint64_t seed) {
    const Estimate& pi = last.pi;
    // Two digits of the error are worth showing.
    const int digits = std::max(1, 1 - static_cast<int>(std::floor(std::log10(pi.standard_error))));
    return fmt::format(
        "pi = {0:.{1}f} +- {2:.{1}f} (standard error), {3:.{1}f} to {4:.{1}f} ({5:g} % confidence)\n"
        "{6} of {7} darts inside, seed {8}{9}\n",
        pi.mean, digits, pi.standard_error, pi.interval.low, pi.interval.high, 100 * wishes.confidence,
        grouped(last.tally.successes), grouped(last.tally.count), seed,
        wishes.generator == "philox4x32-10" ? "" : ", " + wishes.generator);
}

}  // namespace

int main(int argc, char** argv) {
    Program program(
        {.name = "cohort-pi",
         .purpose = "Pi from darts thrown at a square: the share inside its disc is pi / 4.",
         .examples = {{"cohort-pi", "10^9 darts, on one core"},
                      {"cohort-pi -j all --darts 1e11", "10^11 on all of them"},
                      {"cohort-pi --target-error 1e-5", "as many as that error takes"},
                      {"cohort-pi --generator mwc52 --darts 1e12 -j all", "the fastest darts"},
                      {"cohort-pi --darts 1e10 --output pi.h5", "keep the estimate by round, to plot it"}},
         .notes =
             "The darts are a function of generator and seed, so the same give the same count anywhere.\n"
             "The error is the standard error of pi, absolute: 1.64 / sqrt(darts). Ten times the "
             "precision takes\n"
             "a hundred times the darts.\n",
         .items = "darts"});
    Wishes wishes;
    const CLI::Option* darts = add_whole(program.options(), "--darts", wishes.darts,
                                         "darts to throw; with --target-error at most", {.least = 1});
    const CLI::Option* target = add_real(program.options(), "--target-error", wishes.target_error,
                                         "stop when the standard error of pi is this small")
                                    ->default_str("");
    program.options()
        .add_option("--generator", wishes.generator, "philox4x32-10, or mwc52, the fastest")
        ->type_name("NAME")
        ->default_str("philox4x32-10");
    add_real(program.options(), "--confidence", wishes.confidence,
             "that the interval holds pi: between 0 and 1");
    program.check([&] {
        (void)chosen_isa();
        (void)wishes.parsed_generator();
        if (!(wishes.confidence > 0 && wishes.confidence < 1)) {
            throw UsageError(fmt::format("--confidence {} is none", wishes.confidence),
                             "it is a share of all cases", "choose one between 0 and 1, such as 0.95");
        }
        if (target->count() == 0) return;
        wishes.is_capped = darts->count() > 0;
        check_target(wishes, std::max({program.common().ranks, find_launcher().ranks, 1}));
        if (!wishes.is_capped) wishes.darts = pi::default_cap;
    });
    return program.run(argc, argv, [&](Team& team) {
        std::optional<File> file = create_output(team, program);
        const std::vector<pi::Round> rounds = throw_darts(team, program, wishes);
        const pi::Round& last = rounds.back();
        const Common& common = program.common();
        if (team.is_root() && !common.quiet && wishes.target_error > 0 &&
            last.pi.standard_error > wishes.target_error) {
            say(
                fmt::format("cohort-pi: --target-error {} was not reached (it takes {:.1e} darts); allow "
                            "more by --darts\n",
                            wishes.target_error, pi::darts_for(wishes.target_error)));
        }
        if (file) {
            pi::write_convergence(*file, rounds, wishes.parsed_generator(), wishes.confidence);
            complete_output(*file, program);
        }
        program.answer({{"darts", exact(last.tally.count)},
                        {"inside", exact(last.tally.successes)},
                        {"pi", last.pi.mean},
                        {"standard_error", last.pi.standard_error},
                        {"confidence", wishes.confidence},
                        {"interval", {last.pi.interval.low, last.pi.interval.high}},
                        {"generator", wishes.generator},
                        {"seed", exact(common.seed)}},
                       text_of(last, wishes, common.seed));
    });
}

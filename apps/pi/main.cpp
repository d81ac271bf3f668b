// cohort-pi: pi from darts thrown at random, on every rank.
//
// Each rank counts the darts inside the disc in the grains that it takes; the sum is an exact integer, the
// same on any ranks. A wanted error, and an output that shows convergence, need the count at certain points,
// so the run then goes through rounds that are fixed beforehand; else it is one call.

#include <cohort/app/launch.hpp>
#include <cohort/app/output.hpp>
#include <cohort/app/program.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/reduce.hpp>
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
};

// Several calls as one, and grains as darts: the bar begins with the first round and ends with the last.
class AllRounds : public Observer {
  public:
    AllRounds(Progress bar, std::uint64_t darts) : bar_(std::move(bar)), darts_(darts) {}

    void started(std::string_view /*call*/, std::optional<std::uint64_t> /*items*/) override {
        if (done_ == 0) bar_.started("darts", darts_);
    }
    void advanced(std::uint64_t grains) override {
        bar_.advanced(
            std::min(done_ + std::min(grains, darts_ / pi::grain_darts + 1) * pi::grain_darts, darts_));
    }
    void round_ended(std::uint64_t done) { done_ = done; }
    void all_ended(const Balance& balance) { bar_.ended(balance); }

  private:
    Progress bar_;
    std::uint64_t darts_;
    std::uint64_t done_ = 0;
};

// Darts per second of one core, from a few milliseconds of it.
double speed_of_a_core(Isa isa) {
    constexpr std::uint64_t darts = std::uint64_t{1} << 22;
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t inside = pi::count_inside({0, darts}, Seed(), isa);
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
    const double seconds = darts / (speed_of_a_core(chosen_isa()) * ranks);
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
        darts = pi::round_end(darts, wishes.darts);
    return darts;
}

// Collective. The state after each round; the last one is the result, and has at most `wishes.darts` darts.
std::vector<pi::Round> throw_darts(Team& team, Program& program, const Wishes& wishes) {
    const Seed seed(program.common().seed);
    const Isa isa = chosen_isa();
    const bool in_rounds = wishes.target_error > 0 || !program.common().output.empty();
    AllRounds bar(program.progress("darts"), expected_darts(wishes));
    std::vector<pi::Round> rounds;
    pi::Round now;
    Balance balance;
    while (now.darts < wishes.darts) {
        const std::uint64_t end = in_rounds ? pi::round_end(now.darts, wishes.darts) : wishes.darts;
        const Grains grains{.items = end - now.darts, .size = pi::grain_darts, .first = now.darts};
        now.inside += map_reduce(
            team, grains, std::uint64_t{0},
            [&](const Grain& grain) { return pi::count_inside(grain.items(), seed, isa); }, std::plus<>{},
            {.schedule = program.common().schedule,
             .name = fmt::format("round {}", rounds.size() + 1),
             .observers = {&bar},
             .report = &balance});
        balance.items = end - now.darts;
        program.add_balance(balance);
        now.darts = end;
        bar.round_ended(end);
        rounds.push_back(now);
        if (pi::estimate(now.inside, now.darts).standard_error <= wishes.target_error) break;
    }
    bar.all_ended(program.balance());
    return rounds;
}

std::string text_of(const pi::Round& last, const pi::Estimate& estimate, std::uint64_t seed) {
    // Two digits of the error are worth showing.
    const int digits = std::max(1, 1 - static_cast<int>(std::floor(std::log10(estimate.standard_error))));
    return fmt::format("pi = {:.{}f} +- {:.{}f} (standard error)\n{} of {} darts inside, seed {}\n",
                       estimate.pi, digits, estimate.standard_error, digits, grouped(last.inside),
                       grouped(last.darts), seed);
}

}  // namespace

int main(int argc, char** argv) {
    Program program(
        {.name = "cohort-pi",
         .purpose = "Pi from darts thrown at a square: the share inside its disc is pi / 4.",
         .examples = {{"cohort-pi", "10^9 darts, on one core"},
                      {"cohort-pi -j all --darts 1e11", "10^11 on all of them"},
                      {"cohort-pi --target-error 1e-5", "as many as that error takes"},
                      {"cohort-pi --darts 1e10 --output pi.h5", "keep the estimate by round, to plot it"}},
         .notes = "The darts are a function of the seed, so the same darts and seed give the same count "
                  "anywhere.\n"
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
    program.check([&] {
        (void)chosen_isa();
        if (target->count() == 0) return;
        wishes.is_capped = darts->count() > 0;
        check_target(wishes, std::max({program.common().ranks, find_launcher().ranks, 1}));
        if (!wishes.is_capped) wishes.darts = pi::default_cap;
    });
    return program.run(argc, argv, [&](Team& team) {
        std::optional<File> file = create_output(team, program);
        const std::vector<pi::Round> rounds = throw_darts(team, program, wishes);
        const pi::Round& last = rounds.back();
        const pi::Estimate estimate = pi::estimate(last.inside, last.darts);
        const Common& common = program.common();
        if (team.is_root() && !common.quiet && wishes.target_error > 0 &&
            estimate.standard_error > wishes.target_error) {
            fmt::print(stderr,
                       "cohort-pi: --target-error {} was not reached (it takes {:.1e} darts); allow more by "
                       "--darts\n",
                       wishes.target_error, pi::darts_for(wishes.target_error));
        }
        if (file) {
            pi::write_convergence(*file, rounds);
            complete_output(*file, program);
        }
        program.answer({{"darts", exact(last.darts)},
                        {"inside", exact(last.inside)},
                        {"pi", estimate.pi},
                        {"standard_error", estimate.standard_error},
                        {"seed", exact(common.seed)}},
                       text_of(last, estimate, common.seed));
    });
}

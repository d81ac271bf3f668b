// count: how many primes a range has.

#include <cohort/app/launch.hpp>
#include <cohort/app/options.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/reduce.hpp>
#include <primes/commands.hpp>
#include <primes/estimates.hpp>
#include <primes/sieve.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace cohort::primes {

std::string in_brackets(Range numbers) {
    const Wide end = Wide{numbers.first} + numbers.count;
    const bool is_top = end >> 64 != 0;
    return fmt::format("[{}, {})", numbers.first,
                       is_top ? "18446744073709551616" : fmt::format("{}", static_cast<std::uint64_t>(end)));
}

std::string primes_in_words(std::uint64_t count) {
    return fmt::format("{} {}", count, count == 1 ? "prime" : "primes");
}

bool works_alone(const Program& program) { return !find_launcher().present() && program.common().ranks <= 1; }

void check_cost(const Program& program, Range numbers, const std::string& what) {
    constexpr double decade = 10 * 365.25 * 86'400;
    const int ranks = std::max({program.common().ranks, find_launcher().ranks, 1});
    const double seconds = seconds_to_sieve(numbers) / ranks;
    if (seconds < decade) return;
    throw UsageError(fmt::format("{} is out of reach", what),
                     fmt::format("to sieve {} takes about {} on {} rank{}", in_brackets(numbers),
                                 duration(seconds), ranks, ranks == 1 ? "" : "s"),
                     "take less, or more ranks");
}

std::uint64_t count_together(Team& team, Program& program, Range numbers) {
    const Grains grains = counting_grains(numbers);
    Progress bar = program.progress("numbers");
    bar.in_grains(numbers.count, grains.size);
    Balance balance;
    const std::uint64_t count = map_reduce(
        team, grains, std::uint64_t{0}, [](const Grain& grain) { return count_primes(grain.items()); },
        std::plus<>{},
        {.schedule = program.common().schedule, .name = "count", .observers = {&bar}, .report = &balance});
    balance.items = numbers.count;
    program.add_balance(balance);
    return count;
}

Command count_command(Program& program) {
    const auto numbers = std::make_shared<Range>();
    CLI::App* options = program.options().add_subcommand("count", "count the primes of a range");
    add_range(*options, *numbers, "the numbers from FROM on, below TO");
    return {.options = options,
            .check = [&program, numbers] { check_cost(program, *numbers, "count"); },
            .run =
                [&program, numbers](Team& team) {
                    const std::uint64_t count = count_together(team, program, *numbers);
                    program.answer({{"count", exact(count)}},
                                   fmt::format("{} in {}\n", primes_in_words(count), in_brackets(*numbers)));
                }};
}

}  // namespace cohort::primes

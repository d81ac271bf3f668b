// count: how many primes a range has.
//
// Either all ranks sieve, or one counts combinatorially, on threads that take the cores of its node's ranks; whichever
// is about to be sooner. The answer is the same.

#include <cohort/app/launch.hpp>
#include <cohort/app/options.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/run/reduce.hpp>
#include <primes/commands.hpp>
#include <primes/estimates.hpp>
#include <primes/sieve.hpp>
#include <primes/until_stopped.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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

namespace {

std::uint64_t count_piece(const Grain& piece, Context& context) {
    constexpr double short_time = 0.1;
    if (seconds_to_sieve(piece.items()) < short_time) return count_primes(piece.items());
    return until_stopped(context, [numbers = piece.items()] { return count_primes(numbers); });
}

std::uint64_t sieve_together(Team& team, Program& program, Range numbers, Options options) {
    const Grains pieces = counting_pieces(numbers, team.size());
    Progress bar = program.progress("numbers");
    bar.in_grains(numbers.count, pieces.size);
    options.observers = {&bar};
    if (std::holds_alternative<Auto>(options.schedule)) options.schedule = Fixed{1};
    return map_reduce(team, pieces, std::uint64_t{0}, count_piece, std::plus<>{}, options);
}

// The cores of this node's ranks.
std::vector<int> cores_of_node(Team& team) {
    Team node = team.node();
    std::vector<int> cores = all_gather(node, own_cores());
    std::sort(cores.begin(), cores.end());
    cores.erase(std::unique(cores.begin(), cores.end()), cores.end());
    return cores;
}

std::uint64_t count_on_one_node(Team& team, Range numbers, const Options& options) {
    struct Counted {
        std::uint64_t primes = 0;
        double work = 0;  // seconds, of all threads
    };
    int threads = threads_worth(numbers, team.node_size());
    std::vector<int> cores;
    if (threads > 1) {
        cores = cores_of_node(team);
        threads = std::clamp(static_cast<int>(cores.size()), 1, threads);
    }
    const auto count = [&](Index, Context& context) {
        return until_stopped(context, [numbers, threads, cores] {
            const WiderCores wider(cores);
            const std::clock_t start = std::clock();
            const std::uint64_t primes = count_combinatorially(numbers, threads);
            return Counted{primes, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC};
        });
    };
    const auto sum = [](const Counted& a, const Counted& b) {
        return Counted{a.primes + b.primes, a.work + b.work};
    };
    const Counted counted = map_reduce(team, indices(1), Counted{}, count, sum, options);
    // The ranks that wait have lent their cores.
    Balance& balance = *options.report;
    balance.serial_time = std::max(balance.serial_time, counted.work);
    balance.waiting_time = std::max(balance.ranks * balance.wall_time - balance.serial_time, 0.0);
    return counted.primes;
}

// What --method says; none if it is left to us.
std::optional<Method> method_named(const std::string& name) {
    if (name == "auto") return std::nullopt;
    if (name == "sieve") return Method::sieve;
    if (name == "combinatorial") return Method::combinatorial;
    throw UsageError(fmt::format("{} is not a method", name), "it is the value of --method",
                     "write auto, sieve or combinatorial");
}

}  // namespace

Method faster_method(const Team& team, Range numbers) {
    return faster_method(numbers, team.size(), team.node_size());
}

std::uint64_t count_together(Team& team, Program& program, Range numbers, Method method) {
    Balance balance;
    const Options options{.schedule = program.common().schedule, .name = "count", .report = &balance};
    const std::uint64_t count = method == Method::sieve ? sieve_together(team, program, numbers, options)
                                                        : count_on_one_node(team, numbers, options);
    balance.items = numbers.count;
    program.add_balance(balance);
    return count;
}

Command count_command(Program& program) {
    struct Asked {
        Range numbers;
        std::string name = "auto";
        std::optional<Method> method;
    };
    const auto asked = std::make_shared<Asked>();
    CLI::App* options = program.options().add_subcommand("count", "count the primes of a range");
    add_range(*options, asked->numbers, "the numbers from FROM on, below TO");
    options->add_option("--method", asked->name, "sieve, combinatorial, or auto: the sooner of the two")
        ->type_name("NAME")
        ->default_str(asked->name);
    return {.options = options,
            .check =
                [&program, asked] {
                    asked->method = method_named(asked->name);
                    if (asked->method == Method::sieve) check_cost(program, asked->numbers, "count");
                },
            .run =
                [&program, asked](Team& team) {
                    const Range numbers = asked->numbers;
                    const Method method = asked->method.value_or(faster_method(team, numbers));
                    const std::uint64_t count = count_together(team, program, numbers, method);
                    program.answer({{"count", exact(count)}, {"method", name(method)}},
                                   fmt::format("{} in {}\n", primes_in_words(count), in_brackets(numbers)));
                }};
}

}  // namespace cohort::primes

// nth, next, prev: one prime.
//
// The nth prime is found by counting all primes below a number that is close to it, which all ranks do, and
// walking the rest of the way on the root. next and prev search the numbers after, or before, in order.

#include <cohort/app/numbers.hpp>
#include <cohort/app/options.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/run/search.hpp>
#include <primes/commands.hpp>
#include <primes/estimates.hpp>
#include <primes/integers.hpp>
#include <primes/sieve.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace cohort::primes {

namespace {

void answer(Program& program, const std::string& n, const std::string& prime) {
    program.answer({{"n", n}, {"prime", prime}}, prime + '\n');
}

// Collective. The first prime among n + step, n + 2 step, ..., at most `most` of them. Ranks search for what passes
// a quick test; only the first that does is proved, because a proof takes long and cannot be left halfway.
Integer first_prime(Team& team, Program& program, const Integer& n, int step, std::uint64_t most) {
    const auto number = [&](Index k) -> Integer {
        const Integer steps = Integer(k) + 1;
        return n + step * steps;
    };
    const auto passes = [&](Index k) { return may_be_prime(number(k)); };
    for (Index from = 0;;) {
        Balance balance;
        const std::optional<Index> found =
            find_first(team, indices(Range{from, most - from}), passes,
                       {.schedule = program.common().schedule, .name = "search", .report = &balance});
        program.add_balance(balance);
        if (on_root(team, [&] { return is_prime(number(found.value())); })) return number(*found);
        from = *found + 1;
    }
}

Command neighbour_command(Program& program, const std::string& name, const std::string& what, int step) {
    const auto text = std::make_shared<std::string>();
    CLI::App* options = program.options().add_subcommand(name, what);
    options->add_option("N", *text, "a whole number of any size")->type_name("")->required();
    const auto read = [text, name] { return parse_integer(*text, "argument 1 of " + name); };
    return {.options = options,
            .check =
                [read, step] {
                    const Integer n = read();
                    if (step < 0 && n <= 2) {
                        throw UsageError(fmt::format("there is no prime below {}", n.get_str()),
                                         "2 is the smallest", "ask for one before a larger number");
                    }
                },
            .run =
                [&program, read, step](Team& team) {
                    const Integer n = read();
                    // Down to 2, or without end.
                    const Integer below = n - 2;
                    const bool is_near = step < 0 && below < no_index;
                    const std::uint64_t most = is_near ? below.get_ui() : no_index;
                    answer(program, n.get_str(), first_prime(team, program, n, step, most).get_str());
                }};
}

}  // namespace

Command nth_command(Program& program) {
    const auto n = std::make_shared<std::uint64_t>(0);
    const auto text = std::make_shared<std::string>();
    CLI::App* options = program.options().add_subcommand("nth", "the Nth prime; the first is 2");
    options->add_option("N", *text, "from 1 on")->type_name("")->required();
    return {.options = options,
            .check =
                [n, text] {
                    *n = parse_whole(*text, "argument 1 of nth", {.least = 1});
                    if (*n > primes_below_2_64) {
                        throw UsageError(fmt::format("nth {} is out of reach", *n),
                                         "that prime is above 2^64",
                                         fmt::format("ask for one up to the {}th", primes_below_2_64));
                    }
                },
            .run =
                [&program, n](Team& team) {
                    const std::uint64_t near = about_nth_prime(*n);
                    const std::uint64_t below =
                        count_together(team, program, {0, near}, faster_method(team, {0, near}));
                    const auto prime = on_root(team, [&] { return nth_prime_near(*n, near, below); });
                    answer(program, exact(*n), exact(prime));
                }};
}

Command next_command(Program& program) {
    return neighbour_command(program, "next", "the smallest prime above a number", 1);
}

Command prev_command(Program& program) {
    return neighbour_command(program, "prev", "the largest prime below a number", -1);
}

}  // namespace cohort::primes

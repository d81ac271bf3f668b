// cohort-primes: primes counted, listed, tested and factored, on every rank.

#include <cohort/plan/error.hpp>
#include <primes/commands.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

int main(int argc, char** argv) {
    using namespace cohort;
    Program program(
        {.name = "cohort-primes",
         .purpose = "Primes counted, listed, tested and factored.",
         .examples = {{"cohort-primes count 1e9", "how many primes there are below 10^9"},
                      {"cohort-primes -j all count 1e12 +1e10", "and among the 10^10 numbers from 10^12 on"},
                      {"cohort-primes list 1e9 --output primes.h5", "those primes in a file"},
                      {"cohort-primes nth 1e9", "the 1,000,000,000th prime"},
                      {"cohort-primes factor 360 2^127-1", "prime factors, as GNU factor prints them"},
                      {"cohort-primes test --input numbers.txt", "prime or not, a number a line"},
                      {"cohort-primes factor --smallest 100109100129100369",
                       "by trial division, with early exit"}},
         .notes =
             "Ranges are half-open, [FROM, TO), and may end at 2^64. Sieving takes up to 0.4 GB of memory "
             "on\n"
             "each rank at 10^18, counting combinatorially next to none. test, factor, next and prev take\n"
             "numbers of any size; what they call prime is proved to be, or called probably prime. A proof\n"
             "takes 50 ms at 100 digits and 9 s at 500; factoring takes 2 s at 58 digits and 150 s at 76, "
             "where\n"
             "both factors are large. test and factor read, work and print as they go: what is wrong with a\n"
             "line far on is found when it is its turn. A line is one number, of up to 2^20 bytes.\n",
         .items = "numbers"});
    program.options().require_subcommand(1);
    const std::array commands = {primes::count_command(program), primes::list_command(program),
                                 primes::nth_command(program),   primes::next_command(program),
                                 primes::prev_command(program),  primes::test_command(program),
                                 primes::factor_command(program)};
    const auto chosen = [&]() -> const primes::Command& {
        return *std::find_if(commands.begin(), commands.end(),
                             [](const primes::Command& command) { return command.options->parsed(); });
    };
    program.check([&] {
        const primes::Command& command = chosen();
        if (!program.common().output.empty() && !command.has_output) {
            throw UsageError(fmt::format("cohort-primes {} writes no file", command.options->get_name()),
                             "only list has --output", "leave it out");
        }
        command.check();
    });
    return program.run(argc, argv, [&](Team& team) { chosen().run(team); });
}

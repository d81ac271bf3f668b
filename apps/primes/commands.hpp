// The commands of cohort-primes.
//
// A command adds its options to the program and says what to do with them: `check` refuses what cannot be,
// before anything is started; `run` is collective, and gives the program its answer. They share little, so each
// has a file of its own.
#pragma once

#include <cohort/app/program.hpp>
#include <cohort/plan/index.hpp>
#include <cohort/team/team.hpp>
#include <primes/combinatorial.hpp>

#include <functional>
#include <string>

namespace cohort::primes {

struct Command {
    CLI::App* options = nullptr;
    std::function<void()> check;
    std::function<void(Team&)> run;
    bool has_output = false;
};

[[nodiscard]] Command count_command(Program& program);
[[nodiscard]] Command list_command(Program& program);
[[nodiscard]] Command nth_command(Program& program);
[[nodiscard]] Command next_command(Program& program);
[[nodiscard]] Command prev_command(Program& program);
[[nodiscard]] Command test_command(Program& program);
[[nodiscard]] Command factor_command(Program& program);

// Collective. How many primes the range has; on every rank.
[[nodiscard]] std::uint64_t count_together(Team& team, Program& program, Range numbers, Method method);
// Local. The method that counts the range sooner on this team.
[[nodiscard]] Method faster_method(const Team& team, Range numbers);

// Local. Throws UsageError if sieving the range would take more than ten years on all ranks. `what` is what
// the user asked for.
void check_cost(const Program& program, Range numbers, const std::string& what);

// Local. True if this process will do the work by itself, so that it may look at its input and output before
// anything else is done or said.
[[nodiscard]] bool works_alone(const Program& program);

// "[0, 100)"; the end may be 2^64.
[[nodiscard]] std::string in_brackets(Range numbers);
// "25 primes".
[[nodiscard]] std::string primes_in_words(std::uint64_t count);

}  // namespace cohort::primes

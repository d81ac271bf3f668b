// test and factor: blocks of numbers, and each above 64 bits by itself, are tasks; answers come in the order of the input.

#include <cohort/app/numbers.hpp>
#include <cohort/app/options.hpp>
#include <cohort/app/spool.hpp>
#include <cohort/app/waiting.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/run/map.hpp>
#include <common/isa.hpp>
#include <primes/answers.hpp>
#include <primes/commands.hpp>
#include <primes/factor64.hpp>
#include <primes/input.hpp>
#include <primes/integers.hpp>
#include <primes/prime64.hpp>
#include <primes/printer.hpp>
#include <primes/smallest.hpp>
#include <primes/until_stopped.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohort::primes {

namespace {

std::string any_size(std::string_view text, std::string_view where) {
    return parse_integer(text, where).get_str();
}

// Collective. Prints what `answer` says of each block of the input, in order and while the work goes on.
template <typename Task>
void answer_blocks(Team& team, Program& program, NumberInput& input, std::size_t numbers_a_block,
                   const Task& answer) {
    const bool json = program.common().json;
    Progress bar = program.progress("blocks of numbers");
    Balance balance;
    Printer printer(team);
    Spool entries;
    entries.append("[");
    bool is_first = true;
    input.listen_with(Ear(team, [&] { printer.push(); }));
    const auto next_block = [&] {
        return unless_interrupted([&] {
            printer.wait_for_reader();
            std::optional<NumberBlock> block = input.next_block(numbers_a_block);
            if (!block) printer.flush();
            return block;
        });
    };
    map_ordered(
        team, produced(next_block),
        [&](const NumberBlock& block, Context& context) {
            return answer(numbers_in(block), [&context] { return context.stop_requested(); });
        },
        [&](const std::string& text) {
            if (json) {
                if (!std::exchange(is_first, false)) entries.append(",");
                entries.append(text);
            } else {
                printer.text() += text;
                printer.line_done();
            }
        },
        {.schedule = program.common().schedule, .name = "numbers", .observers = {&bar}, .report = &balance});
    on_root_listening(team, [&] { printer.flush(); });
    balance.items = input.numbers_read();
    program.add_balance(balance);
    entries.append("]");
    program.answer(nlohmann::ordered_json::object(), {.name = "results", .value = std::move(entries)});
}

// Proofs of more than 96 bits take milliseconds and may ask PARI, tests of more than 1024 bits take as long.
bool test_large(const Integer& n, const Stop& stop, bool prove) {
    const auto test = [n, prove] { return prove ? is_prime(n) : may_be_prime(n); };
    const bool is_long = mpz_sizeinbase(n.get_mpz_t(), 2) > (prove ? 96U : 1024U);
    return is_long ? until_stopped(stop, test) : test();
}

// What a block that was told to stop gives back is thrown away.
std::string test_block(const Numbers& numbers, Answers answers, const Stop& stop, bool prove) {
    std::vector<std::uint8_t> prime(numbers.values.size());
    if (!are_prime(numbers.values, prime, chosen_isa(), stop)) return {};
    if (numbers.values.empty()) {
        const bool passes = test_large(Integer(std::string(numbers.texts.front())), stop, prove);
        answers.add_primality(numbers.texts.front(), passes, prove || !passes);
    } else {
        answers.reserve(numbers.texts.size() * std::string_view("18446744073709551615: not prime\n").size());
        for (std::size_t i = 0; i < prime.size(); ++i)
            answers.add_primality(numbers.texts[i], prime[i] != 0, true);
    }
    return answers.take();
}

std::string factor_block(const Numbers& numbers, Answers answers, const Stop& stop) {
    const auto powers = factors_64(numbers.values, chosen_isa(), stop);
    if (stop()) return {};
    if (numbers.values.empty()) {
        const auto found =
            until_stopped(stop, [n = Integer(std::string(numbers.texts.front()))] { return factors(n); });
        answers.add_factors<std::string>(numbers.texts.front(), found);
    } else {
        for (std::size_t i = 0; i < powers.size(); ++i)
            answers.add_factors<std::uint64_t>(numbers.texts[i], powers[i]);
    }
    return answers.take();
}

// Half a millisecond of work and more, beside which sending numbers costs little; of factoring what fills lanes.
constexpr std::size_t tested_together = 4096;
constexpr std::size_t factored_together = 256;

// Before anything is started.
void check_blocks(const Program& program, NumberInput& input, std::size_t numbers_a_block) {
    input.check(any_size);
    if (works_alone(program)) input.read_first_block(numbers_a_block);
}

struct TestOptions {
    NumberInput input;
    bool prove = false;
};

struct FactorOptions {
    NumberInput input;
    bool with_exponents = false;
    bool smallest = false;
};

}  // namespace

Command test_command(Program& program) {
    const auto asked = std::make_shared<TestOptions>();
    CLI::App* options = program.options().add_subcommand("test", "say of numbers whether they are prime");
    asked->input.add_to(*options);
    options->add_flag("--prove", asked->prove,
                      "prove primes above 64 bits, too, which are only probable otherwise (BPSW)");
    return {.options = options,
            .check = [&program, asked] { check_blocks(program, asked->input, tested_together); },
            .run =
                [&program, asked](Team& team) {
                    const Form form = program.common().json ? Form::json : Form::lines;
                    answer_blocks(team, program, asked->input, tested_together,
                                  [form, prove = asked->prove](const Numbers& numbers, const Stop& stop) {
                                      return test_block(numbers, Answers(form), stop, prove);
                                  });
                }};
}

Command factor_command(Program& program) {
    const auto asked = std::make_shared<FactorOptions>();
    CLI::App* options = program.options().add_subcommand("factor", "the prime factors of numbers");
    asked->input.add_to(*options);
    options->add_flag("--exponents", asked->with_exponents, "write 2^3 instead of 2 2 2");
    options->add_flag("--smallest", asked->smallest,
                      "only the smallest factor of each, by trial division on all ranks; up to 64 bits");
    return {.options = options,
            .check =
                [&program, asked] {
                    if (asked->smallest && asked->with_exponents) {
                        throw UsageError("--smallest and --exponents do not go together",
                                         "the smallest factor has none", "leave one of them out");
                    }
                    if (asked->smallest) {
                        check_smallest(asked->input, works_alone(program));
                    } else {
                        check_blocks(program, asked->input, factored_together);
                    }
                },
            .run =
                [&program, asked](Team& team) {
                    if (asked->smallest) {
                        find_smallest(team, program, asked->input);
                        return;
                    }
                    const Form form = program.common().json   ? Form::json
                                      : asked->with_exponents ? Form::lines_with_exponents
                                                              : Form::lines;
                    answer_blocks(team, program, asked->input, factored_together,
                                  [form](const Numbers& numbers, const Stop& stop) {
                                      return factor_block(numbers, Answers(form), stop);
                                  });
                }};
}

}  // namespace cohort::primes

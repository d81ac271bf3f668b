// test and factor: number by number, each a task; answers in the order of the input.

#include <cohort/app/numbers.hpp>
#include <cohort/app/options.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/run/map.hpp>
#include <primes/commands.hpp>
#include <primes/input.hpp>
#include <primes/integers.hpp>
#include <primes/printer.hpp>
#include <primes/smallest.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace cohort::primes {

namespace {

std::string any_size(std::string_view text, std::string_view where) {
    return parse_integer(text, where).get_str();
}

// Collective. Gives f of each number, in their order, to `print` as they come or, for --json, to `entry`, which
// makes an object of it.
template <typename F, typename Print, typename Entry>
void answer_each(Team& team, Program& program, const std::vector<std::string>& numbers, F&& f, Print&& print,
                 Entry&& entry) {
    const bool json = program.common().json;
    Progress bar = program.progress("numbers");
    Balance balance;
    Printer printer;
    nlohmann::ordered_json results = nlohmann::ordered_json::array();
    map_ordered(
        team, numbers, f,
        [&](Index k, auto&& result) {
            if (json) {
                results.push_back(entry(numbers[k], result));
            } else {
                print(printer.text(), numbers[k], result);
                printer.line_done();
            }
        },
        {.schedule = program.common().schedule, .name = "numbers", .observers = {&bar}, .report = &balance});
    team.agree([&] { printer.flush(); });
    program.add_balance(balance);
    program.answer({{"results", std::move(results)}}, "");
}

void test(Team& team, Program& program, const std::vector<std::string>& numbers) {
    answer_each(
        team, program, numbers, [](const std::string& n) { return is_prime(Integer(n)); },
        [](std::string& text, const std::string& n, bool prime) {
            fmt::format_to(std::back_inserter(text), "{}: {}\n", n, prime ? "prime" : "not prime");
        },
        [](const std::string& n, bool prime) {
            return nlohmann::ordered_json{{"n", n}, {"prime", prime}};
        });
}

// As GNU factor prints them.
void print_factors(std::string& text, const std::string& n, const std::vector<PrimePower>& powers,
                   bool with_exponents) {
    text += n + ':';
    for (const auto& [prime, exponent] : powers) {
        if (with_exponents) {
            text += ' ' + prime + (exponent > 1 ? fmt::format("^{}", exponent) : std::string());
        } else {
            for (std::uint32_t i = 0; i < exponent; ++i) text += ' ' + prime;
        }
    }
    text += '\n';
}

nlohmann::ordered_json factors_entry(const std::string& n, const std::vector<PrimePower>& powers) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& [prime, exponent] : powers) list.push_back({prime, exponent});
    return {{"n", n}, {"factors", list}, {"prime", powers.size() == 1 && powers.front().second == 1}};
}

void factor(Team& team, Program& program, const std::vector<std::string>& numbers, bool with_exponents) {
    answer_each(
        team, program, numbers, [](const std::string& n) { return factors(Integer(n)); },
        [&](std::string& text, const std::string& n, const std::vector<PrimePower>& powers) {
            print_factors(text, n, powers, with_exponents);
        },
        factors_entry);
}

struct FactorOptions {
    NumberInput input;
    bool with_exponents = false;
    bool smallest = false;

    [[nodiscard]] NumberInput::Accept accept() const { return smallest ? two_to_64_bits : any_size; }
};

}  // namespace

Command test_command(Program& program) {
    const auto input = std::make_shared<NumberInput>();
    CLI::App* options = program.options().add_subcommand("test", "say of numbers whether they are prime");
    input->add_to(*options);
    return {.options = options,
            .check = [&program, input] { input->check(any_size, works_alone(program)); },
            .run = [&program, input](Team& team) { test(team, program, input->read(team, any_size)); }};
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
                    asked->input.check(asked->accept(), works_alone(program));
                },
            .run =
                [&program, asked](Team& team) {
                    const auto numbers = asked->input.read(team, asked->accept());
                    if (asked->smallest) {
                        find_smallest(team, program, numbers);
                    } else {
                        factor(team, program, numbers, asked->with_exponents);
                    }
                }};
}

}  // namespace cohort::primes

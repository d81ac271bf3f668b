// test and factor: blocks of numbers, and each above 64 bits by itself, are tasks; answers come in the order of the input.

#include <cohort/app/numbers.hpp>
#include <cohort/app/options.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/run/map.hpp>
#include <common/isa.hpp>
#include <primes/commands.hpp>
#include <primes/factor64.hpp>
#include <primes/input.hpp>
#include <primes/integers.hpp>
#include <primes/prime64.hpp>
#include <primes/printer.hpp>
#include <primes/smallest.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace cohort::primes {

namespace {

std::string any_size(std::string_view text, std::string_view where) {
    return parse_integer(text, where).get_str();
}

using Json = nlohmann::ordered_json;

// What a task gives back of its numbers: lines, or the text of a JSON array. Made where the work is done, as writing
// a number takes as long as testing it.
class Answer {
  public:
    explicit Answer(bool json) : json_(json) {}

    // Appends print(text), a line, or entry(), an object.
    template <typename Print, typename Entry>
    void add(Print&& print, Entry&& entry) {
        if (json_) {
            entries_.push_back(entry());
        } else {
            print(text_);
            text_ += '\n';
        }
    }
    [[nodiscard]] std::string take() { return json_ ? entries_.dump() : std::move(text_); }

  private:
    bool json_;
    std::string text_;
    Json entries_ = Json::array();
};

void append(std::string& text, std::uint64_t n) {
    const fmt::format_int digits(n);
    text.append(digits.data(), digits.size());
}

// Collective. Prints what `answer` says of each block of the input, in order and while the work goes on. The first
// block is read before anything is done.
template <typename Task>
void answer_blocks(Team& team, Program& program, NumberInput& input, std::size_t numbers_a_block,
                   const Task& answer) {
    const bool json = program.common().json;
    team.agree([&] {
        if (team.is_root()) input.read_first_block(numbers_a_block);
    });
    std::uint64_t numbers = 0;
    const auto next = [&] {
        std::optional<NumberBlock> block = input.next_block(numbers_a_block);
        if (block) numbers += block->first.size() + (block->second.empty() ? 0 : 1);
        return block;
    };
    Progress bar = program.progress("blocks of numbers");
    Balance balance;
    Printer printer;
    Json results = Json::array();
    map_ordered(
        team, produced(next),
        [&](const NumberBlock& of, Context& context) {
            return answer(of, Answer(json), [&context] { return context.stop_requested(); });
        },
        [&](const std::string& text) {
            if (json) {
                for (Json& entry : Json::parse(text)) results.push_back(std::move(entry));
            } else {
                printer.text() += text;
                printer.line_done();
            }
        },
        {.schedule = program.common().schedule, .name = "numbers", .observers = {&bar}, .report = &balance});
    team.agree([&] { printer.flush(); });
    balance.items = numbers;
    program.add_balance(balance);
    program.answer({{"results", std::move(results)}}, "");
}

// What a block that was told to stop gives back is thrown away.
std::string test_block(const NumberBlock& block, Answer answer, const Stop& stop, bool prove) {
    const std::vector<std::uint64_t>& numbers = block.first;
    const std::string& large = block.second;
    std::vector<std::uint8_t> prime(numbers.size());
    if (!are_prime(numbers, prime, chosen_isa(), stop)) return {};
    const auto add = [&](const auto& write, bool is_prime, bool proved) {
        answer.add(
            [&](std::string& text) {
                write(text);
                text += !is_prime ? ": not prime" : proved ? ": prime" : ": probably prime";
            },
            [&] {
                std::string n;
                write(n);
                return Json{{"n", n}, {"prime", is_prime}, {"proved", proved}};
            });
    };
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        add([n = numbers[i]](std::string& text) { append(text, n); }, prime[i] != 0, true);
    }
    if (!large.empty()) {
        const Integer n(large);
        const bool passes = prove ? is_prime(n) : may_be_prime(n);
        add([&](std::string& text) { text += large; }, passes, prove || !passes);
    }
    return answer.take();
}

// As GNU factor prints them.
template <typename Prime>
void print_powers(std::string& text, const std::vector<std::pair<Prime, std::uint32_t>>& powers,
                  bool with_exponents) {
    text += ':';
    for (const auto& [prime, exponent] : powers) {
        for (std::uint32_t i = 0; i < (with_exponents ? 1 : exponent); ++i) {
            text += ' ';
            if constexpr (std::is_same_v<Prime, std::string>) {
                text += prime;
            } else {
                append(text, prime);
            }
        }
        if (with_exponents && exponent > 1) {
            text += '^';
            append(text, exponent);
        }
    }
}

std::string factor_block(const NumberBlock& block, Answer answer, const Stop& stop, bool with_exponents) {
    const auto add = [&](const std::string& n, const auto& powers) {
        answer.add(
            [&](std::string& text) {
                text += n;
                print_powers(text, powers, with_exponents);
            },
            [&] {
                Json list = Json::array();
                for (const auto& [prime, exponent] : powers)
                    list.push_back({fmt::format("{}", prime), exponent});
                return Json{
                    {"n", n}, {"factors", list}, {"prime", powers.size() == 1 && powers.front().second == 1}};
            });
    };
    const auto& [numbers, large] = block;
    const auto all_powers = factors_64(numbers, chosen_isa(), stop);
    if (stop()) return {};
    for (std::size_t i = 0; i < numbers.size(); ++i) add(std::to_string(numbers[i]), all_powers[i]);
    if (!large.empty()) add(large, factors(Integer(large)));
    return answer.take();
}

// Half a millisecond of work and more, beside which sending numbers costs little; of factoring what fills lanes.
constexpr std::size_t tested_together = 4096;
constexpr std::size_t factored_together = 256;

// Before anything is started.
void check_blocks(const Program& program, NumberInput& input, std::size_t numbers_a_block) {
    input.check(any_size, false);
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
                    answer_blocks(
                        team, program, asked->input, tested_together,
                        [prove = asked->prove](const NumberBlock& block, Answer answer, const Stop& stop) {
                            return test_block(block, std::move(answer), stop, prove);
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
                        asked->input.check(two_to_64_bits, works_alone(program));
                    } else {
                        check_blocks(program, asked->input, factored_together);
                    }
                },
            .run =
                [&program, asked](Team& team) {
                    if (asked->smallest) {
                        find_smallest(team, program, asked->input.read(team, two_to_64_bits));
                        return;
                    }
                    answer_blocks(team, program, asked->input, factored_together,
                                  [exponents = asked->with_exponents](const NumberBlock& block, Answer answer,
                                                                      const Stop& stop) {
                                      return factor_block(block, std::move(answer), stop, exponents);
                                  });
                }};
}

}  // namespace cohort::primes

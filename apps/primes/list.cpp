// list: the primes of a range, printed or in an HDF5 file (list_file.hpp). Printed, they stream to the root in grains
// small enough to be held.

#include <cohort/app/options.hpp>
#include <cohort/app/waiting.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/run/map.hpp>
#include <primes/commands.hpp>
#include <primes/estimates.hpp>
#include <primes/lines.hpp>
#include <primes/list_file.hpp>
#include <primes/printer.hpp>
#include <primes/sieve.hpp>
#include <primes/trial.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cohort::primes {

namespace {

constexpr double most_in_json = 1e7;

// Grains whose primes are held, up to 1 MB of them, or where a start of the sieve would take longer than the
// rest a 30th of the root: 12 MB at 10^18.
Grains printing_grains(Range numbers) noexcept {
    Grains grains{.items = numbers.count, .size = std::uint64_t{1} << 20, .first = numbers.first};
    if (!numbers.empty()) {
        grains.size = std::max(grains.size, root(numbers.first + (numbers.count - 1)) / 30);
    }
    return grains;
}

// Collective. Prints the primes as they come, or keeps them for --json. The ranks write the lines, so that the root
// only passes them on.
void print(Team& team, Program& program, Range numbers) {
    const bool json = program.common().json;
    const Grains grains = printing_grains(numbers);
    Progress bar = program.progress("numbers");
    bar.in_grains(numbers.count, grains.size);
    Balance balance;
    PrimeStream stream(numbers);
    Lines lines;
    Printer printer(team);
    nlohmann::ordered_json kept = nlohmann::ordered_json::array();
    const auto lines_of = [&](const Grain& grain) {
        std::string text;
        std::array<std::uint64_t, 1024> block{};
        stream.turn_to(grain.items());
        while (const std::size_t count = stream.read(block))
            lines.append(text, std::span(block).first(count));
        return text;
    };
    const auto keep = [&](std::string_view text) {
        for (std::size_t end = 0; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
            kept.push_back(text.substr(0, end));
        }
    };
    map_ordered(team, grains, lines_of,
                [&](const std::string& text) {
                    if (json) {
                        keep(text);
                    } else {
                        printer.text() += text;
                        printer.line_done();
                        unless_interrupted([&] { printer.wait_for_reader(); });
                    }
                },
                {.schedule = program.common().schedule,
                 .name = "list",
                 .observers = {&bar},
                 .in_flight = 4 * static_cast<std::uint64_t>(team.size()),
                 .report = &balance});
    on_root_listening(team, [&] { printer.flush(); });
    balance.items = numbers.count;
    program.add_balance(balance);
    program.answer({{"count", exact(kept.size())}, {"primes", std::move(kept)}}, "");
}

}  // namespace

Command list_command(Program& program) {
    struct Asked {
        Range numbers;
        std::uint64_t memory = 256;
    };
    const auto asked = std::make_shared<Asked>();
    CLI::App* options =
        program.options().add_subcommand("list", "print the primes of a range, or write them to --output");
    add_range(*options, asked->numbers, "the numbers from FROM on, below TO");
    add_whole(*options, "--memory", asked->memory,
              "MiB of primes that a rank may keep until it knows where in --output they go",
              {.most = 1 << 20});
    return {
        .options = options,
        .check =
            [&program, asked] {
                const Common& common = program.common();
                check_cost(program, asked->numbers, "list");
                if (common.json && common.output.empty() && about_primes_in(asked->numbers) > most_in_json) {
                    throw UsageError(
                        fmt::format("the primes in {} are too many for --json", in_brackets(asked->numbers)),
                        fmt::format("about {:.1e} would be held in memory", about_primes_in(asked->numbers)),
                        "write them to --output, or leave --json out");
                }
                if (!common.output.empty() && works_alone(program)) {
                    Team alone = Team::alone();
                    check_list_output(alone, program, asked->numbers);
                }
            },
        .run =
            [&program, asked](Team& team) {
                if (!program.common().output.empty()) {
                    write_list(team, program, asked->numbers, asked->memory << 20);
                } else {
                    print(team, program, asked->numbers);
                }
            },
        .has_output = true};
}

}  // namespace cohort::primes

// list: the primes of a range, printed or in an HDF5 file.
//
// Printed, they stream to the root in grains small enough to be held. For a file every rank must know where its
// primes go, so the grains are counted first; then each rank writes those of its grains, block by block. That
// sieves twice, which takes half as long again, and no rank ever holds more than a block.

#include <cohort/app/options.hpp>
#include <cohort/app/output.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/store/column.hpp>
#include <cohort/store/file.hpp>
#include <primes/commands.hpp>
#include <primes/estimates.hpp>
#include <primes/printer.hpp>
#include <primes/sieve.hpp>
#include <primes/trial.hpp>

#include <CLI/CLI.hpp>
#include <fmt/compile.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>

namespace cohort::primes {

namespace {

constexpr std::size_t block_primes = std::size_t{1} << 17;  // 1 MiB
constexpr double most_in_json = 1e7;

using List = std::vector<std::uint64_t>;

// Grains whose primes are held, up to 1 MB of them, or where a start of the sieve would take longer than the
// rest a 30th of the root: 12 MB at 10^18.
Grains printing_grains(Range numbers) noexcept {
    Grains grains{.items = numbers.count, .size = std::uint64_t{1} << 20, .first = numbers.first};
    if (!numbers.empty()) {
        grains.size = std::max(grains.size, root(numbers.first + (numbers.count - 1)) / 30);
    }
    return grains;
}

List primes_of(PrimeStream& stream, Range numbers) {
    List primes;
    stream.turn_to(numbers);
    for (std::size_t count = 0;;) {
        primes.resize(count + block_primes);
        const std::size_t more = stream.read(std::span(primes).subspan(count));
        count += more;
        if (more == 0) {
            primes.resize(count);
            return primes;
        }
    }
}

// Collective. Prints the primes as they come, or keeps them for --json.
void print(Team& team, Program& program, Range numbers) {
    const bool json = program.common().json;
    const Grains grains = printing_grains(numbers);
    Progress bar = program.progress("numbers");
    bar.in_grains(numbers.count, grains.size);
    Balance balance;
    Printer printer;
    PrimeStream stream(numbers);
    std::uint64_t count = 0;
    nlohmann::ordered_json kept = nlohmann::ordered_json::array();
    map_ordered(
        team, grains, [&](const Grain& grain) { return primes_of(stream, grain.items()); },
        [&](const List& primes) {
            count += primes.size();
            for (const std::uint64_t prime : primes) {
                if (json) {
                    kept.push_back(exact(prime));
                } else {
                    fmt::format_to(std::back_inserter(printer.text()), FMT_COMPILE("{}\n"), prime);
                }
            }
            printer.line_done();
        },
        {.schedule = program.common().schedule,
         .name = "list",
         .observers = {&bar},
         .in_flight = 4 * static_cast<std::uint64_t>(team.size()),
         .report = &balance});
    team.agree([&] { printer.flush(); });
    balance.items = numbers.count;
    program.add_balance(balance);
    program.answer({{"count", exact(count)}, {"primes", std::move(kept)}}, "");
}

// Collective. Throws StoreError if the file cannot be made, or the disk has no room for it, before anything is
// counted.
void check_output(Team& team, const Program& program, Range numbers) {
    const std::string& output = program.common().output;
    File::check_output(team, output, program.name(), program.common().force);
    on_root(team, [&] {
        namespace fs = std::filesystem;
        const fs::path folder = fs::absolute(output).parent_path();
        const double bytes = about_primes_in(numbers) * sizeof(std::uint64_t);
        std::error_code unknown;
        const auto free = fs::space(folder, unknown).available;
        if (unknown || bytes * 0.9 <= static_cast<double>(free)) return;
        throw StoreError(fmt::format("{} cannot have the primes in {}", output, in_brackets(numbers)),
                         fmt::format("they take about {}, and {} are free",
                                     byte_size(static_cast<std::uint64_t>(bytes)), byte_size(free)),
                         "take a shorter range, or another disk");
    });
}

// Collective. Where the primes of each grain go, and at last the number of all.
List places_of(Team& team, Program& program, const Grains& grains) {
    Progress bar = program.progress("numbers");
    bar.in_grains(grains.items, grains.size);
    Balance balance;
    List places = map(team, grains, [](const Grain& grain) { return count_primes(grain.items()); },
                      {.schedule = program.common().schedule,
                       .name = "count",
                       .observers = {&bar},
                       .results = Results::everywhere,
                       .report = &balance});
    balance.items = 0;  // counted when they are written
    program.add_balance(balance);
    places.push_back(0);
    std::exclusive_scan(places.begin(), places.end(), places.begin(), std::uint64_t{0});
    return places;
}

// Collective.
void write(Team& team, Program& program, Range numbers) {
    check_output(team, program, numbers);
    const Grains grains = counting_pieces(numbers, team.size());
    const List places = places_of(team, program, grains);
    const std::uint64_t count = places.back();

    File file = create_output(team, program).value();
    auto column = Column<std::uint64_t>::create(file, "primes", count);
    Progress bar = program.progress("numbers");
    bar.in_grains(numbers.count, grains.size);
    Balance balance;
    PrimeStream stream(numbers);
    List block(block_primes);
    const auto write_grain = [&](const Grain& grain, Context& context) {
        std::uint64_t at = places[grain.number];
        stream.turn_to(grain.items());
        while (const std::size_t more = stream.read(block)) {
            if (context.stop_requested()) return;
            column.write(at, std::span(block).first(more));
            at += more;
        }
    };
    for_each(
        team, grains, write_grain,
        {.schedule = program.common().schedule, .name = "write", .observers = {&bar}, .report = &balance});
    balance.items = numbers.count;
    program.add_balance(balance);
    file.set("range", in_brackets(numbers));
    complete_output(file, program);
    program.answer({{"count", exact(count)}, {"output", program.common().output}},
                   fmt::format("{} in {} written to {}\n", primes_in_words(count), in_brackets(numbers),
                               program.common().output));
}

}  // namespace

Command list_command(Program& program) {
    const auto numbers = std::make_shared<Range>();
    CLI::App* options =
        program.options().add_subcommand("list", "print the primes of a range, or write them to --output");
    add_range(*options, *numbers, "the numbers from FROM on, below TO");
    return {.options = options,
            .check =
                [&program, numbers] {
                    const Common& common = program.common();
                    check_cost(program, *numbers, "list");
                    if (common.json && common.output.empty() && about_primes_in(*numbers) > most_in_json) {
                        throw UsageError(
                            fmt::format("the primes in {} are too many for --json", in_brackets(*numbers)),
                            fmt::format("about {:.1e} would be held in memory", about_primes_in(*numbers)),
                            "write them to --output, or leave --json out");
                    }
                    if (!common.output.empty() && works_alone(program)) {
                        Team alone = Team::alone();
                        check_output(alone, program, *numbers);
                    }
                },
            .run =
                [&program, numbers](Team& team) {
                    if (program.common().output.empty()) {
                        print(team, program, *numbers);
                    } else {
                        write(team, program, *numbers);
                    }
                },
            .has_output = true};
}

}  // namespace cohort::primes

#include <cohort/app/json.hpp>
#include <cohort/app/numbers.hpp>
#include <cohort/app/spool.hpp>
#include <cohort/app/waiting.hpp>
#include <cohort/report/format.hpp>
#include <cohort/run/exchange.hpp>
#include <cohort/run/search.hpp>
#include <common/isa.hpp>
#include <primes/printer.hpp>
#include <primes/smallest.hpp>
#include <primes/trial.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohort::primes {

namespace {

// A million candidates: 30 to 200 us on the various paths, where taking another costs less than one.
constexpr std::uint64_t grain_numbers = 30 * 131'072;

// Numbers, before the first of which is searched the last is found to be good.
constexpr std::size_t read_together = 4096;

struct Smallest {
    std::uint64_t n = 0;
    std::uint64_t factor = 0;  // n itself if it is prime
    std::uint64_t tried = 0;
    std::uint64_t candidates = 0;
    double stop_latency = 0;

    [[nodiscard]] bool is_prime() const noexcept { return factor == n; }
};

// Collective. `tried` counts on the root.
Smallest smallest_of(Team& team, Program& program, std::uint64_t n, Isa isa) {
    const std::uint64_t last = root(n);
    const Grains grains{.items = last + 1, .size = grain_numbers};
    Progress bar = program.progress("divisors");
    bar.in_grains(grains.items, grains.size);
    Balance balance;
    std::uint64_t tried = 0;
    const auto look = [&](const Grain& grain, Context& context) {
        const Trial trial = smallest_factor_in(
            n, grain.items(), [&context] { return context.stop_requested(); }, isa);
        tried += trial.tried;
        return trial.factor;
    };
    const auto factor = search_first(
        team, grains, look,
        {.schedule = program.common().schedule, .name = "search", .observers = {&bar}, .report = &balance});
    balance.items = 1;
    program.add_balance(balance);
    const std::vector<std::uint64_t> all_tried = gather(team, tried);
    return {.n = n,
            .factor = factor.value_or(n),
            .tried = std::accumulate(all_tried.begin(), all_tried.end(), std::uint64_t{0}),
            .candidates = candidates_to(last),
            .stop_latency = balance.stop_latency};
}

// A number that can be searched for its smallest factor, in decimal digits.
std::string two_to_64_bits(std::string_view text, std::string_view where) {
    return std::to_string(parse_whole(text, where, {.least = 2}));
}

std::string text_of(const Smallest& found) {
    if (found.is_prime()) {
        return fmt::format("{}: prime ({} candidates tried)\n", found.n, grouped(found.tried));
    }
    return fmt::format("{}: {} ({} of {} candidates tried; the last rank stopped {} after the hit)\n",
                       found.n, found.factor, grouped(found.tried), grouped(found.candidates),
                       duration(found.stop_latency));
}

nlohmann::ordered_json entry_of(const Smallest& found) {
    return {{"n", exact(found.n)},
            {"smallest_factor", exact(found.factor)},
            {"prime", found.is_prime()},
            {"tried", exact(found.tried)},
            {"skipped", exact(found.candidates - found.tried)},
            {"stop_latency", found.stop_latency}};
}

}  // namespace

void check_smallest(NumberInput& input, bool alone) {
    input.check(two_to_64_bits);
    if (alone) input.read_first_numbers(read_together, two_to_64_bits);
}

void find_smallest(Team& team, Program& program, NumberInput& input) {
    const Isa isa = chosen_isa();
    Printer printer(team);
    Spool entries;
    const auto tell = [&](const Smallest& found) {
        if (program.common().json) {
            entries.append(entries.empty() ? "[" : ",");
            entries.append(json_text(entry_of(found)));
        } else {
            printer.text() += text_of(found);
            printer.line_done();
            printer.wait_for_reader();
        }
    };
    input.listen_with(Ear(team, [&] { printer.push(); }));
    for (;;) {
        std::vector<std::string> numbers;
        on_root_listening(team, [&] { numbers = input.next_numbers(read_together, two_to_64_bits); });
        numbers = broadcast(team, numbers);
        if (numbers.empty()) break;
        for (const std::string& number : numbers) {
            const Smallest found = smallest_of(team, program, std::stoull(number), isa);
            on_root_listening(team, [&] { tell(found); });
        }
    }
    on_root_listening(team, [&] { printer.flush(); });
    entries.append("]");
    program.answer(nlohmann::ordered_json::object(), {.name = "results", .value = std::move(entries)});
}

}  // namespace cohort::primes

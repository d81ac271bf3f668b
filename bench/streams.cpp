// How fast results stream to a consumer, in how much memory, and how fast something large travels.
//
//     mpirun -n 2 bench_streams count 1e8        # map_unordered, and a consumer that counts
//     mpirun -n 2 bench_streams slow 1e6 1       # the same, and a consumer that takes 1 us a result
//     mpirun -n 2 bench_streams result 3221225472    # one result of so many bytes, by map, to the root
//     mpirun -n 2 bench_streams input 3221225472     # one item of so many bytes, by map, from the root
//
// Prints one line: the seconds of the call on the root; the seconds of what it cannot do without; the bytes of memory
// that the root came to need meanwhile. Not without: in count the consumer alone, in a loop; in slow the same, so 1 us a
// result; where something large travels one copy of it in memory.
#include "measured.hpp"
#include "spin.hpp"

#include <string_view>

namespace {

using cohort::Index;

void stream(cohort::Team& team, std::uint64_t items, double microseconds) {
    const auto steps = static_cast<std::uint64_t>(microseconds * bench::steps_per_microsecond(team));
    std::uint64_t count = 0;
    std::uint64_t sum = 0;
    const auto consume = [&](std::uint64_t result) {
        ++count;
        sum += steps == 0 ? result : bench::spin(steps, result);
        bench::keep(sum);
    };
    const auto task = [](Index i) { return i; };
    cohort::map_unordered(team, cohort::indices(items / 100), task, consume);

    const double alone = bench::seconds_of(team, [&] {
        for (Index i = 0; team.is_root() && i < items; ++i) consume(i);
    });
    count = 0;
    const double before = bench::peak_memory();
    const double seconds =
        bench::seconds_of(team, [&] { cohort::map_unordered(team, cohort::indices(items), task, consume); });
    if (team.is_root() && count != items) throw cohort::Fault("results are missing");
    bench::print_line(team, {seconds, alone, bench::peak_memory() - before});
}

using Large = std::vector<char>;

double seconds_to_copy(std::size_t bytes) {
    const Large from(bytes, 'x');
    const double start = bench::now();
    const Large to(from);
    const double seconds = bench::now() - start;
    bench::keep(static_cast<std::uint64_t>(to[bytes / 2]));
    return seconds;
}

// Item 1 of 2 is the other rank's: what is large travels from rank 1, or to it.
void travel(cohort::Team& team, std::size_t bytes, bool result) {
    if (team.size() != 2) throw cohort::UsageError("something large travels between 2 ranks");
    std::vector<Large> items(2);
    if (team.is_root() && !result) items[1].assign(bytes, 'x');
    const double before = bench::peak_memory();
    std::uint64_t arrived = 0;
    const double seconds = bench::seconds_of(team, [&] {
        const cohort::Options options{.schedule = cohort::StaticBlock{}};
        if (result) {
            const auto make = [&](Index i) { return i == 1 ? Large(bytes, 'x') : Large(); };
            for (const Large& large : cohort::map(team, cohort::indices(2), make, options))
                arrived += large.size();
        } else {
            const auto size = [](const Large& item) { return item.size(); };
            for (const std::size_t one : cohort::map(team, items, size, options)) arrived += one;
        }
    });
    if (team.is_root() && arrived != bytes) throw cohort::Fault("bytes are missing");
    const double grown = bench::peak_memory() - before;
    bench::print_line(team, {seconds, team.is_root() ? seconds_to_copy(bytes) : 0, grown});
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        const std::string_view mode = argc > 1 ? argv[1] : "";
        const std::uint64_t amount =
            argc > 2 ? cohort::parse_whole(argv[2], "argument 2", {.least = 100}) : 0;
        if (mode == "count" && argc == 3) {
            stream(team, amount, 0);
        } else if (mode == "slow" && argc == 4) {
            stream(team, amount, cohort::parse_real(argv[3], "argument 3"));
        } else if ((mode == "result" || mode == "input") && argc == 3) {
            travel(team, amount, mode == "result");
        } else {
            throw cohort::UsageError(
                "usage: bench_streams count ITEMS | slow ITEMS MICROSECONDS | result BYTES | input BYTES");
        }
    });
}

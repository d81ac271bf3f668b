// Counting together: without a lock, with one, with a counter, and as one should.
//
//     mpirun -n 4 counting 1000000
//
// To add one is to read, to add and to write. Where two ranks read the same value, one of their additions is lost: the
// first count is wrong whenever ranks really run at once. The last needs no memory that ranks share, so it works on many
// nodes, and no rank ever waits for another's addition.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <functional>
#include <mutex>
#include <string_view>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        const std::uint64_t times = argc > 1 ? cohort::parse_whole(argv[1], "argument 1") : 1'000'000;
        cohort::Team node = team.node();
        cohort::SharedArray<std::uint64_t> counts(node, 2);
        cohort::Mutex mutex(node);
        cohort::Counter counter(node);

        cohort::Balance balance;
        const auto tell = [&](std::string_view how, std::uint64_t count) {
            if (!team.is_root()) return;
            fmt::print("{:15} {} of {}, {:.1f} ns each\n", how, count, times,
                       balance.wall_time / static_cast<double>(times) * 1e9);
        };
        const auto add_together = [&](auto add) {
            cohort::for_each(node, cohort::indices(times), [&](cohort::Index) { add(); },
                             {.report = &balance});
        };

        // Volatile, for the compiler would else add at once what a loop adds one by one.
        volatile std::uint64_t& plain = counts(0);
        add_together([&] { plain = plain + 1; });
        tell("without a lock:", plain);

        add_together([&] {
            const std::lock_guard lock(mutex);
            ++counts(1);
        });
        tell("with a lock:", counts(1));

        add_together([&] { counter.add(); });
        tell("with a counter:", counter.value());

        const auto one = [](cohort::Index) { return std::uint64_t{1}; };
        const auto sum = cohort::map_reduce(team, cohort::indices(times), std::uint64_t{0}, one,
                                            std::plus<>{}, {.report = &balance});
        tell("by map_reduce:", sum);
    });
}

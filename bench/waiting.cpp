// What a team costs that has nothing to do, how soon it is back at work, and how long it takes to start.
//
//     mpirun -n 2 bench_waiting idle 2 9       # one rank has a task of 2 s, the others none; rounds
//     mpirun -n 8 bench_waiting calls 1000 9   # so many calls of a task a rank, back to back; rounds
//     mpirun -n 2 bench_waiting start          # from main to a first result and the end
//
// idle prints a line for each round: of the rank that waits and uses most, the share of a core in the first half of the
// task, and in the second. calls prints a line for each round, in microseconds a call: MPI_Barrier, which is less than
// any call can do, MPI_Allreduce, for_each, map, map_reduce. start prints the seconds from the beginning of main until
// cohort::run has returned, and what of them is spent neither in MPI_Init_thread nor in MPI_Finalize.
#include "measured.hpp"
#include "spin.hpp"

#include <functional>
#include <string_view>
#include <thread>

namespace {

using cohort::Index;

double inside_mpi = 0;  // seconds in MPI_Init_thread and MPI_Finalize

}  // namespace

// MPI lets a program put itself between its callers and MPI.
extern "C" int MPI_Init_thread(int* argc, char*** argv, int required, int* provided) {
    const double start = bench::now();
    const int code = PMPI_Init_thread(argc, argv, required, provided);
    inside_mpi += bench::now() - start;
    return code;
}

extern "C" int MPI_Finalize() {
    const double start = bench::now();
    const int code = PMPI_Finalize();
    inside_mpi += bench::now() - start;
    return code;
}

namespace {

void idle(cohort::Team& team, double seconds, std::uint64_t rounds) {
    for (std::uint64_t round = 0; round < rounds; ++round) {
        bool waits = true;
        double half_way = 0;
        bench::together(team);
        const double before = bench::processor_time();
        std::jthread clock([&] {
            std::this_thread::sleep_for(std::chrono::duration<double>(seconds / 2));
            half_way = bench::processor_time();
        });
        cohort::for_each(team, cohort::indices(1), [&](Index i) {
            waits = false;
            const double end = bench::now() + seconds;
            while (bench::now() < end) bench::keep(bench::spin(1'000'000, i));
        });
        const double after = bench::processor_time();
        clock.join();
        const auto share = [&](double used) {
            return bench::most_of(team, waits ? used / (seconds / 2) : 0);
        };
        const double first = share(half_way - before);
        const double second = share(after - half_way);
        bench::print_line(team, {first, second});
    }
}

void call_often(cohort::Team& team, std::uint64_t calls, std::uint64_t rounds) {
    const cohort::Indices input = cohort::indices(static_cast<std::uint64_t>(team.size()));
    const auto nothing = [](Index i) { return i; };
    const auto microseconds = [&](const auto& call) {
        const double seconds = bench::seconds_of(team, [&] {
            for (std::uint64_t i = 0; i < calls; ++i) call();
        });
        return seconds / static_cast<double>(calls) * 1e6;
    };
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const double barrier = microseconds([&] { bench::together(team); });
        const double allreduce = microseconds([&] { static_cast<void>(bench::sum_over(team, 1)); });
        const double for_each = microseconds([&] { cohort::for_each(team, input, nothing); });
        const double map = microseconds([&] { bench::keep(cohort::map(team, input, nothing).size()); });
        const double map_reduce = microseconds(
            [&] { bench::keep(cohort::map_reduce(team, input, std::uint64_t{0}, nothing, std::plus<>{})); });
        bench::print_line(team, {barrier, allreduce, for_each, map, map_reduce});
    }
}

int start_and_end(int argc, char** argv, double main_began) {
    bool root = false;
    const int status = cohort::run(argc, argv, [&](cohort::Team& team) {
        root = team.is_root();
        const cohort::Indices input = cohort::indices(static_cast<std::uint64_t>(team.size()));
        bench::keep(cohort::map_reduce(team, input, std::uint64_t{0}, [](Index i) { return i; }));
    });
    const double seconds = bench::now() - main_began;
    if (root) fmt::print("{:.9f} {:.9f}\n", seconds, seconds - inside_mpi);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    const double main_began = bench::now();
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (mode == "start" && argc == 2) return start_and_end(argc, argv, main_began);
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        if (mode == "idle" && argc == 4) {
            idle(team, cohort::parse_real(argv[2], "argument 2"), cohort::parse_whole(argv[3], "argument 3"));
        } else if (mode == "calls" && argc == 4) {
            call_often(team, cohort::parse_whole(argv[2], "argument 2"),
                       cohort::parse_whole(argv[3], "argument 3"));
        } else {
            throw cohort::UsageError("usage: bench_waiting idle SECONDS ROUNDS | calls CALLS ROUNDS | start");
        }
    });
}

// A mean of random numbers, known as well as one wants: how far apart two points of a cube are.
//
//     mpirun -n 4 monte_carlo 1e-5
//
// The integrand makes one sample from random numbers of its own. Samples are taken until the standard error is small
// enough, which is looked at after rounds that are fixed beforehand: so any number of ranks takes the same samples, and
// gives the same bits.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <cmath>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        const double error = argc > 1 ? cohort::parse_real(argv[1], "argument 1", {.least = 1e-7}) : 1e-3;

        const auto distance = [](cohort::Random& random) {
            double squares = 0;
            for (int direction = 0; direction < 3; ++direction) {
                const double difference = random.uniform() - random.uniform();
                squares += difference * difference;
            }
            return std::sqrt(squares);
        };
        const auto apart = cohort::monte_carlo(team, distance, {.target_error = error});

        if (team.is_root()) {
            fmt::print("{:.7f} +- {:.7f} ({} samples, {} rounds)\n", apart.mean, apart.standard_error,
                       cohort::grouped(apart.samples), apart.rounds);
            fmt::print("{:.7f} to {:.7f} with 95 % confidence\n", apart.interval.low, apart.interval.high);
        }
    });
}

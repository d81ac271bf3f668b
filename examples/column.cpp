// A column of an HDF5 file mapped into a column of another: a year's temperatures from Fahrenheit to Celsius.
//
//     mpirun -n 4 column 1000000 && h5dump -d celsius celsius.h5 | head
//
// Every rank reads the items that it takes and writes the results that it makes, so neither column has to fit into a
// rank's memory and nothing travels. A file appears under its name when it is complete.
#include <cohort/cohort.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace {

double measure(cohort::Index minute) {
    return 50 - 30 * std::cos(static_cast<double>(minute) / 525'600 * 6.28318531);
}
float to_celsius(double fahrenheit) { return static_cast<float>((fahrenheit - 32) / 1.8); }

// Something to begin with.
void write_measurements(cohort::Team& team, std::uint64_t minutes) {
    cohort::File file = cohort::File::create(team, "fahrenheit.h5", {.program = "column"});
    auto fahrenheit = cohort::Column<double>::create(file, "fahrenheit", minutes);
    cohort::map_into(team, cohort::indices(minutes), measure, fahrenheit);
    file.commit();
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [&](cohort::Team& team) {
        write_measurements(team,
                           argc > 1 ? cohort::parse_whole(argv[1], "argument 1", {.least = 1}) : 525'600);

        cohort::File in = cohort::File::open(team, "fahrenheit.h5");
        auto fahrenheit = cohort::Column<double>::open(in, "fahrenheit");
        cohort::File out = cohort::File::create(team, "celsius.h5", {.program = "column"});
        auto celsius = cohort::Column<float>::create(out, "celsius", fahrenheit.count());
        cohort::map_into(team, fahrenheit, to_celsius, celsius);
        out.commit();

        // Every call takes a column as its input.
        const float warmest = cohort::map_reduce(team, fahrenheit, -273.15F, to_celsius,
                                                 [](float a, float b) { return std::max(a, b); });
        if (team.is_root()) fmt::print("{} measurements, up to {:.2f} C\n", fahrenheit.count(), warmest);
    });
}

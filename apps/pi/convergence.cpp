#include <pi/convergence.hpp>

#include <cohort/store/column.hpp>

#include <string>
#include <vector>

namespace cohort::pi {
namespace {

// Collective. A column of value(round), which the root writes: it is a few hundred numbers.
template <typename T, typename Value>
void write_column(File& file, const std::string& name, std::span<const Round> rounds, const Value& value) {
    std::vector<T> values;
    for (const Round& round : rounds) values.push_back(value(round));
    auto column = Column<T>::create(file, name, values.size());
    file.team().agree([&] {
        if (file.team().is_root()) column.write(0, values);
    });
}

}  // namespace

void write_convergence(File& file, std::span<const Round> rounds, Generator generator, double confidence) {
    write_column<std::uint64_t>(file, "darts", rounds, [](const Round& round) { return round.tally.count; });
    write_column<std::uint64_t>(file, "inside", rounds,
                                [](const Round& round) { return round.tally.successes; });
    write_column<double>(file, "pi", rounds, [](const Round& round) { return round.pi.mean; });
    write_column<double>(file, "standard_error", rounds,
                         [](const Round& round) { return round.pi.standard_error; });
    write_column<double>(file, "low", rounds, [](const Round& round) { return round.pi.interval.low; });
    write_column<double>(file, "high", rounds, [](const Round& round) { return round.pi.interval.high; });
    file.set("generator", std::string(name(generator)));
    file.set("confidence", confidence);
}

}  // namespace cohort::pi

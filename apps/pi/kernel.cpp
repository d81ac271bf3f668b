#include <pi/kernel.hpp>

#include <pi/generators.hpp>

namespace cohort::pi {

std::string_view name(Generator generator) noexcept {
    return generator == Generator::mwc52 ? "mwc52" : "philox4x32-10";
}

std::optional<Generator> generator_named(std::string_view wanted) noexcept {
    for (const Generator generator : generators) {
        if (name(generator) == wanted) return generator;
    }
    return std::nullopt;
}

std::uint64_t count_inside(Range darts, Seed seed, Generator generator, Isa isa) {
    return generator == Generator::mwc52 ? count_inside_mwc52(darts, seed, isa)
                                         : count_inside_philox(darts, seed, isa);
}

}  // namespace cohort::pi

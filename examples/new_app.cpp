// A program of one's own, with the options, the JSON and the manners of all: how likely it is that two of a party have
// the same birthday.
//
//     new_app --people 23 --parties 1e7 -j 4 --json
//     new_app --help
//
// Nothing here is about ranks but the call itself: options are read before anything starts, -j starts mpirun, and one
// rank speaks. Every party has random numbers of its own, so a seed gives the same answer on any ranks.
#include <cohort/cohort.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <bitset>
#include <functional>

namespace {

bool gives_a_shared_birthday(std::uint64_t people, cohort::Random& random) {
    std::bitset<365> taken;
    for (std::uint64_t person = 0; person < people; ++person) taken.set(random.below(365));
    return taken.count() < people;
}

}  // namespace

int main(int argc, char** argv) {
    cohort::Program program({.name = "new_app",
                             .purpose = "How likely two of a party share a birthday.",
                             .examples = {{"new_app --people 30 -j all", "a larger party, on all cores"}},
                             .notes = "Years have 365 days, and birthdays are spread evenly.\n",
                             .items = "parties"});
    std::uint64_t people = 23;
    std::uint64_t parties = 1'000'000;
    cohort::add_whole(program.options(), "--people", people, "people at a party", {.most = 1'000'000});
    cohort::add_whole(program.options(), "--parties", parties, "parties to give", {.least = 1});

    return program.run(argc, argv, [&](cohort::Team& team) {
        cohort::Progress bar = program.progress("parties");
        cohort::Balance balance;
        const auto shared = cohort::map_reduce(team, cohort::indices(parties), std::uint64_t{0},
                                               [&](cohort::Index, cohort::Context& context) {
                                                   return gives_a_shared_birthday(people, context.random());
                                               },
                                               std::plus<>{},
                                               {.schedule = program.common().schedule,
                                                .observers = {&bar},
                                                .seed = cohort::Seed(program.common().seed),
                                                .grain = 4096,
                                                .report = &balance});
        program.add_balance(balance);

        const double share = static_cast<double>(shared) / static_cast<double>(parties);
        program.answer(
            {{"parties", cohort::exact(parties)}, {"shared", cohort::exact(shared)}, {"share", share}},
            fmt::format("{:.4f} of {} parties of {}\n", share, cohort::grouped(parties), people));
    });
}

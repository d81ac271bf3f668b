// A program in which one rank fails and others stay in their tasks: deaf to all, or until their context says stop.
#include <cohort/app/program.hpp>
#include <cohort/run/map.hpp>
#include <cohort/team/team.hpp>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
    cohort::Program program({.name = "cohort-stubborn", .purpose = "Does not stop"});
    std::string call = "for_each";
    int fails = 0;
    std::vector<int> deaf;
    program.options().add_option("--call", call, "for_each, map, shipped or split");
    program.options().add_option("--fails", fails, "the rank that fails");
    program.options().add_option("--deaf", deaf, "the ranks that do not hear");
    return program.run(argc, argv, [&](cohort::Team& team) {
        const auto task = [&](std::uint64_t, cohort::Context& context) {
            if (team.rank() == fails) {
                std::this_thread::sleep_for(std::chrono::milliseconds(300));  // until all are in their tasks
                throw std::runtime_error("gave up");
            }
            const bool hears = std::find(deaf.begin(), deaf.end(), team.rank()) == deaf.end();
            while (!hears || !context.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return 1;
        };
        const auto items = static_cast<std::uint64_t>(4 * team.size());
        const cohort::Options options{.schedule = cohort::Fixed{1}};
        if (call == "for_each") {
            cohort::for_each(team, cohort::indices(items), task, options);
        } else if (call == "map") {
            cohort::map(team, cohort::indices(items), task, options);
        } else if (call == "shipped") {
            cohort::for_each(team, std::vector<std::uint64_t>(items), task, options);
        } else {
            cohort::Team part = team.split(0);
            cohort::for_each(part, cohort::indices(items), task, options);
        }
        program.answer(nlohmann::ordered_json::object(), "done\n");
    });
}

// What every command-line program shares.
//
//     int main(int argc, char** argv) {
//         cohort::Program program({.name = "cohort-pi", .purpose = "Pi from darts thrown at random"});
//         std::uint64_t darts = 1'000'000'000;
//         cohort::add_whole(program.options(), "--darts", darts, "how many darts to throw");
//         return program.run(argc, argv, [&](cohort::Team& team) {
//             cohort::Balance balance;
//             cohort::Progress bar = program.progress("darts");
//             auto inside = cohort::map_reduce(team, ..., {.schedule = program.common().schedule,
//                                                          .observers = {&bar}, .report = &balance});
//             program.add_balance(balance);
//             program.answer({{"inside", cohort::exact(inside)}}, fmt::format("{} inside\n", inside));
//         });
//     }
//
// Options are read before MPI is started, so --help and a mistyped option cost nothing, and -j can start the
// program again under mpirun. Under a launcher every rank reads the same options and only rank 0 speaks.
#pragma once

#include <cohort/app/common.hpp>
#include <cohort/app/json.hpp>
#include <cohort/app/options.hpp>
#include <cohort/app/run.hpp>
#include <cohort/report/progress.hpp>
#include <cohort/run/balance.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cohort {

class Program {
  public:
    explicit Program(About about);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // Where a program adds its own options and subcommands; see options.hpp. The common options are accepted
    // after a subcommand too.
    [[nodiscard]] CLI::App& options();

    // Local. Called with the options read and before anything is started: the place to refuse what does not
    // fit together, by UsageError. Runs on every rank.
    void check(std::function<void()> check);

    [[nodiscard]] const Common& common() const noexcept;
    // As in the About: "cohort-pi".
    [[nodiscard]] const std::string& name() const noexcept;
    // This run's command line, quoted so that a shell reads it back; for provenance.
    [[nodiscard]] const std::string& command_line() const noexcept;

    // Reads the options, starts again under mpirun if -j asks for it, runs `body` as cohort::run does, prints
    // the answer on the root, and returns the exit status. To be called once, from main. Throws nothing.
    [[nodiscard]] int run(int argc, char** argv, const std::function<void(Team&)>& body);

    // The rest is for the body. What counts is what the root gives; it does no harm on other ranks.

    // Local. A progress bar as the options want it, counting `what`.
    [[nodiscard]] Progress progress(std::string what) const;
    // Local. Adds a call's figures to those of the run.
    void add_balance(const Balance& balance);
    // Local. The figures of the run so far, to be kept in files.
    [[nodiscard]] Balance balance() const;
    // Local. The fields for --json (include <nlohmann/json.hpp>), after the common ones, or the text for
    // people, printed once all ranks have left the body. The text ends with a newline, or is empty. A second
    // answer replaces the first.
    void answer(nlohmann::ordered_json fields, std::string text);
    // Local. As above, with nothing for people. `last` comes after the fields, and spares it to build an object of what
    // would be millions, or to have them in memory.
    void answer(nlohmann::ordered_json fields, JsonField last);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cohort

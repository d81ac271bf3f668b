#include <cohort/app/command_line.hpp>
#include <cohort/app/launch.hpp>
#include <cohort/app/program.hpp>
#include <cohort/app/standard_streams.hpp>
#include <cohort/app/version.hpp>
#include <cohort/app/waiting.hpp>
#include <cohort/report/balance_line.hpp>
#include <cohort/report/doctor.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace cohort {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

struct Program::State {
    detail::CommandLine line;
    std::function<void()> check;
    Balance calls;
    bool heard_of_calls = false;
    Clock::time_point began = Clock::now();
    int ranks = 1;
    nlohmann::ordered_json fields = nlohmann::ordered_json::object();
    JsonField last_field;
    std::string text;
    Ear ear;
    bool has_begun_to_print = false;

    explicit State(About about) : line(std::move(about)) {}

    Balance balance() const {
        const double wall_time = std::chrono::duration<double>(Clock::now() - began).count();
        return whole_run(calls, wall_time, ranks);
    }

    // Collective. The body of --doctor.
    void examine(Team& team) {
        const Diagnosis diagnosis = diagnose(team, {.output = line.common().output});
        fields = {{"verdict", cohort::name(diagnosis.verdict())},
                  {"findings", nlohmann::ordered_json::array()}};
        for (const Finding& finding : diagnosis.findings) {
            nlohmann::ordered_json object{{"name", finding.name},
                                          {"value", finding.value},
                                          {"verdict", cohort::name(finding.verdict)},
                                          {"advice", finding.advice}};
            if (finding.figure) {
                object["figure"] = *finding.figure;
                object["unit"] = finding.unit;
            }
            fields["findings"].push_back(std::move(object));
        }
        this->text = cohort::text(diagnosis);
    }

    void print(std::string_view piece) {
        has_begun_to_print = true;
        cohort::print(piece, ear);
    }

    // On the root, with every rank out of the body.
    void finish() {
        const Balance total = balance();
        const Common& common = line.common();
        if (heard_of_calls && !common.quiet) {
            say(fmt::format("{}: {}\n", line.about().name, balance_line(total, line.about().items)));
        }
        if (!common.json) return print(text);
        nlohmann::ordered_json object{{"schema", 1},
                                      {"app", line.about().name},
                                      {"version", version()},
                                      {"status", "complete"},
                                      {"ranks", total.ranks},
                                      {"wall_time", total.wall_time},
                                      {"serial_time", total.serial_time},
                                      {"efficiency", total.efficiency()}};
        object.update(fields);
        if (last_field.name.empty()) return print(json_text(object) + '\n');
        print(json_text_up_to(last_field.name, object));
        last_field.value.read([this](std::string_view piece) { print(piece); });
        print("}\n");
    }

    void fail(const Ending& ending) const {
        // After half an object another would not make it a whole one.
        if (!line.common().json || has_begun_to_print) return;
        nlohmann::ordered_json object;
        object["error"]["kind"] = cohort::name(ending.kind);
        object["error"]["message"] = ending.message;
        Ear for_signals;  // the team may be gone
        cohort::print(json_text(object) + '\n', for_signals);
    }
};

Program::Program(About about) : state_(std::make_unique<State>(std::move(about))) {}
Program::~Program() = default;

CLI::App& Program::options() { return state_->line.options(); }
void Program::check(std::function<void()> check) { state_->check = std::move(check); }
const Common& Program::common() const noexcept { return state_->line.common(); }
const std::string& Program::name() const noexcept { return state_->line.about().name; }
const std::string& Program::command_line() const noexcept { return state_->line.text(); }
Balance Program::balance() const { return state_->balance(); }
Progress Program::progress(std::string what) const { return Progress(std::move(what), common().progress); }

void Program::add_balance(const Balance& balance) {
    state_->calls = merged(state_->calls, balance);
    state_->heard_of_calls = true;
}

void Program::answer(nlohmann::ordered_json fields, std::string text) {
    state_->fields = std::move(fields);
    state_->last_field = {};
    state_->text = std::move(text);
}

void Program::answer(nlohmann::ordered_json fields, JsonField last) {
    state_->fields = std::move(fields);
    state_->last_field = std::move(last);
    state_->text.clear();
}

int Program::run(int argc, char** argv, const std::function<void(Team&)>& body) {
    State& state = *state_;
    const RunOptions options{.name = state.line.about().name,
                             .calls_grace = std::chrono::milliseconds(500),
                             .finished = [&state] { state.finish(); },
                             .failed = [&state](const Ending& ending) { state.fail(ending); }};
    const Launcher launcher = find_launcher();
    try {
        if (const auto information = state.line.read(argc, argv)) {
            if (launcher.rank == 0) state.print(*information);
            return exit_status::ok;
        }
        detail::find_standard_streams(launcher);
        // The check may have to wait for input. A process that is about to become mpirun has none to read.
        if (!state.line.starts_again(launcher)) detail::listen_to_signals();
        if (state.check && !state.line.common().doctor) state.check();
        state.line.place(launcher, argc, argv);
    } catch (...) {
        // Under a launcher all ranks fail alike, and only MPI lets them say so once and end together.
        return cohort::run(argc, argv, options,
                           [error = std::current_exception()](Team&) { std::rethrow_exception(error); });
    }
    return cohort::run(argc, argv, options, [&state, &body, &launcher](Team& team) {
        state.line.check_ranks(launcher, team.size());
        state.ranks = team.size();
        state.ear = Ear(team);
        state.began = Clock::now();
        if (state.line.common().doctor) return state.examine(team);
        body(team);
    });
}

}  // namespace cohort

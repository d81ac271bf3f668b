#include <cohort/app/command_line.hpp>
#include <cohort/app/numbers.hpp>
#include <cohort/app/options.hpp>
#include <cohort/app/waiting.hpp>
#include <cohort/plan/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace cohort::detail {
namespace {

constexpr std::uint64_t most_ranks = 1'000'000;

// A word as a shell reads it back.
std::string quoted(const std::string& word) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%^";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + '\'';
}

Schedule schedule_of(const std::string& name, std::uint64_t chunk) {
    const bool given = chunk > 0;
    if (name == "auto") return given ? Schedule(Fixed{chunk}) : Schedule(Auto{});
    if (name == "static") {
        if (given) {
            throw UsageError("--chunk does not go with --schedule static", "each rank gets one block there",
                             "take --schedule cyclic, or leave --chunk out");
        }
        return StaticBlock{};
    }
    const std::uint64_t size = std::max<std::uint64_t>(chunk, 1);
    if (name == "cyclic") return StaticCyclic{size};
    if (name == "fixed" || name == "dynamic") return Fixed{size};
    if (name == "guided") return Guided{size};
    if (name == "factoring") return Factoring{size};
    throw UsageError(fmt::format("{} is not a schedule", shown(name)), "it is the value of --schedule",
                     "write auto, static, cyclic, fixed, guided or factoring");
}

ProgressMode progress_of(const std::string& name) {
    constexpr std::array modes{std::pair{"auto", ProgressMode::automatic},
                               std::pair{"bar", ProgressMode::bar}, std::pair{"log", ProgressMode::log},
                               std::pair{"none", ProgressMode::none}};
    for (const auto& [known, mode] : modes) {
        if (name == known) return mode;
    }
    throw UsageError(fmt::format("{} is not a way to show progress", shown(name)),
                     "it is the value of --progress", "write auto, bar, log or none");
}

// An examination is of the machine, so that it needs nothing of what the work needs.
void require_nothing(CLI::App& app) {
    app.require_subcommand(0, app.get_require_subcommand_max());
    for (CLI::Option* option : app.get_options()) option->required(false);
    for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) require_nothing(*command);
}

}  // namespace

CommandLine::CommandLine(About about)
    : about_(std::move(about)), options_(std::make_unique<CLI::App>(about_.purpose, about_.name)) {
    options_->fallthrough();
    options_->get_formatter()->column_width(34);
    options_->set_help_flag("-h,--help", "say this, and no more");
    options_->set_version_flag(
        "--version", [this] { return version_text(); }, "say what this program is made of");
}

CommandLine::~CommandLine() = default;

void CommandLine::add_common_options() {
    CLI::App& app = *options_;
    const std::vector<CLI::Option*> common{
        app.add_option("-j,--ranks", ranks_, "work on N processors, or all of this machine")
            ->type_name("N|all"),
        add_whole(app, "--seed", common_.seed, "of all random numbers"),
        app.add_option("--output", common_.output, "write the result there")->type_name("FILE"),
        app.add_flag("--force", common_.force, "replace an output that is not this program's"),
        app.add_option("--progress", progress_, "auto, bar, log or none")
            ->type_name("HOW")
            ->default_str(progress_),
        app.add_flag("--quiet", common_.quiet, "say nothing but the answer: --progress none"),
        app.add_flag("--json", common_.json, "the answer as one JSON object"),
        app.add_flag("--doctor", common_.doctor,
                     "no work: examine the machine, and say what could be better")};
    for (CLI::Option* option : common) option->group("Common");
    const std::vector<CLI::Option*> tuning{
        app.add_option("--schedule", schedule_, "auto, static, cyclic, fixed (dynamic), guided or factoring")
            ->type_name("NAME")
            ->default_str(schedule_),
        add_whole(app, "--chunk", chunk_,
                  "grains that a rank takes at a time; with guided and factoring at least", {.least = 1})
            ->default_str("")};
    for (CLI::Option* option : tuning) option->group("Tuning");
}

std::optional<std::string> CommandLine::read(int argc, const char* const* argv) {
    add_common_options();
    text_ = about_.name;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        text_ += ' ' + quoted(word);
        // Known even if the options cannot be read.
        common_.json = common_.json || word == "--json";
        common_.doctor = common_.doctor || word == "--doctor";
    }
    if (common_.doctor) require_nothing(*options_);
    try {
        options_->parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return help();
    } catch (const CLI::CallForVersion&) {
        return version_text();
    } catch (const CLI::Error& error) {
        refuse(error);
    } catch (const UsageError&) {
        // The value of an unknown option may have been taken for an argument, which is the lesser mistake.
        refuse_unknown_options();
        throw;
    }
    work_out();
    return std::nullopt;
}

void CommandLine::work_out() {
    common_.schedule = schedule_of(schedule_, chunk_);
    common_.progress = progress_of(progress_);
    common_.quiet = common_.quiet || common_.progress == ProgressMode::none;
    if (common_.quiet) common_.progress = ProgressMode::none;
    if (ranks_ == "all") {
        common_.ranks = usable_cores();
    } else if (!ranks_.empty()) {
        const Limits<std::uint64_t> limits{.least = 1, .most = most_ranks};
        common_.ranks = static_cast<int>(parse_whole(ranks_, "the value of --ranks", limits));
    }
}

bool CommandLine::starts_again(const Launcher& launcher) const noexcept {
    return !launcher.present() && common_.ranks > 1;
}

void CommandLine::place(const Launcher& launcher, int argc, char** argv) const {
    if (launcher.present()) {
        if (launcher.ranks > 0) check_ranks(launcher, launcher.ranks);
        return;
    }
    if (starts_again(launcher)) start_again(common_.ranks, argc, argv);
    const int cores = usable_cores();
    if (common_.ranks == 0 && cores > 1 && !common_.quiet && !common_.doctor) {
        say(fmt::format("{}: working on 1 of {} cores; -j all takes them all\n", about_.name, cores));
    }
}

void CommandLine::check_ranks(const Launcher& launcher, int ranks) const {
    if (common_.ranks == 0 || common_.ranks == ranks || ranks_ == "all") return;
    throw UsageError(fmt::format("-j {} cannot be kept", common_.ranks),
                     fmt::format("{} started {} ranks", launcher.name, ranks),
                     fmt::format("leave it out, or start {}", common_.ranks));
}

}  // namespace cohort::detail

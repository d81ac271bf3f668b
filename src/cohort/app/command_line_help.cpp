// What a program says of its options: help, version, and what is wrong with those given.
#include <cohort/app/command_line.hpp>
#include <cohort/app/numbers.hpp>
#include <cohort/app/version.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/report/machine.hpp>
#include <cohort/report/mpi_facts.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace cohort::detail {
namespace {

constexpr const char* numbers_text = "Numbers: 97, 1_000_000, 1e9, 1.5e9, 2^61-1, 2**61.\n";
constexpr const char* status_text =
    "Exit status: 0 done; 2 bad options or input; 70 a task failed; 74 a file could not be\n"
    "read or written; 75 interrupted, the same command goes on; 130 Ctrl-C.\n";

// How many letters have to be changed, added or left out. Source: Levenshtein, Soviet Physics Doklady 10
// (1966).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
    std::string best;
    std::size_t least = 2 + word.size() / 4;
    for (const std::string& name : known) {
        const bool begun = word.size() > 3 && name.starts_with(word);
        const std::size_t changes = begun ? 0 : distance(word, name);
        if (changes < least) {
            least = changes;
            best = name;
        }
    }
    return best;
}

void add_names(const CLI::App& app, std::vector<std::string>& names) {
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
}

std::vector<std::string> commands_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (!command->get_name().empty()) names.push_back(command->get_name());
    }
    return names;
}

}  // namespace

const CLI::App& CommandLine::chosen() const {
    const std::vector<CLI::App*> commands = options_->get_subcommands();
    return commands.empty() ? *options_ : *commands.front();
}

std::string CommandLine::chosen_name() const {
    return &chosen() == options_.get() ? about_.name : about_.name + ' ' + chosen().get_name();
}

void CommandLine::refuse_unexpected(const std::string& word) const {
    const std::string remedy = fmt::format("{} --help shows what it takes", chosen_name());
    if (word.size() > 1 && word[0] == '-' && (word[1] == '.' || (word[1] >= '0' && word[1] <= '9'))) {
        throw UsageError(fmt::format("{} is below zero", shown(word)),
                         fmt::format("{} counts from 0 on", chosen_name()), remedy);
    }
    const bool option = word.starts_with('-');
    std::vector<std::string> known;
    if (option) {
        add_names(*options_, known);
        if (&chosen() != options_.get()) add_names(chosen(), known);
    } else if (&chosen() == options_.get()) {
        known = commands_of(*options_);
    }
    const std::string name = word.substr(0, option ? word.find('=') : std::string::npos);
    const std::string guess = nearest(name, known);
    const std::string wrong =
        option           ? fmt::format("{} is not an option of {}", shown(name), chosen_name())
        : !known.empty() ? fmt::format("{} is not a command of {}", shown(name), about_.name)
                         : fmt::format("{} is one argument too many for {}", shown(name), chosen_name());
    throw UsageError(wrong, guess.empty() ? "" : fmt::format("did you mean {}?", guess), remedy);
}

void CommandLine::refuse_unknown_options() const {
    for (const std::string& word : options_->remaining(true)) {
        if (word.starts_with('-') && word != "--") refuse_unexpected(word);
    }
}

void CommandLine::refuse(const CLI::Error& error) const {
    refuse_unknown_options();
    const std::vector<std::string> rest = options_->remaining(true);
    if (!rest.empty()) refuse_unexpected(rest.front());
    if (&chosen() == options_.get() && options_->get_require_subcommand_min() > 0) {
        throw UsageError(fmt::format("{} needs a command", about_.name), "",
                         fmt::format("write one of {}", fmt::join(commands_of(*options_), ", ")));
    }
    const std::string what = error.what();
    const std::string name = what.substr(0, what.find_first_of(": "));
    const std::string remedy = fmt::format("{} --help shows what it takes", chosen_name());
    if (error.get_name() == "ArgumentMismatch") {
        const bool too_many = what.find("At Most") != std::string::npos;
        if (!too_many) throw UsageError(fmt::format("{} lacks its value", name), "", remedy);
        if (!name.starts_with('-'))
            throw UsageError(fmt::format("{} got too many arguments", chosen_name()), "", remedy);
        throw UsageError(fmt::format("{} is given more than once", name), "it takes one value",
                         "leave all but one out");
    }
    if (error.get_name() == "RequiredError") {
        throw UsageError(fmt::format("{} lacks {}", chosen_name(), name), "", remedy);
    }
    throw UsageError(what, "", remedy);
}

std::string CommandLine::help() const {
    const bool whole = &chosen() == options_.get();
    std::string text = options_->help();
    for (std::size_t at = 0; (at = text.find("\n\n\n")) != std::string::npos;) text.erase(at, 1);
    while (text.ends_with("\n\n")) text.pop_back();
    if (!whole) {
        text += fmt::format("\nThe options of {} --help go here as well.\n", about_.name);
    } else if (!about_.examples.empty()) {
        std::size_t width = 0;
        for (const Example& example : about_.examples) width = std::max(width, example.command.size());
        text += "\nExamples:\n";
        for (const Example& example : about_.examples) {
            text += fmt::format("  {:{}}  {}\n", example.command, width, example.what);
        }
    }
    if (!about_.notes.empty() && whole)
        text += '\n' + about_.notes + (about_.notes.ends_with('\n') ? "" : "\n");
    return text + '\n' + numbers_text + status_text;
}

std::string CommandLine::version_text() const {
    return fmt::format("{} {}\nMPI:  {}\nHDF5: {}\nCPU:  {}\n", about_.name, version(), mpi_version(),
                       hdf5_version(), instruction_sets());
}

}  // namespace cohort::detail

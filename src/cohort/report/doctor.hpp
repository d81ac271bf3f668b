// What is good for cohort on the machine that a run has, and what can be done about what is not.
//
//     const cohort::Diagnosis diagnosis = cohort::diagnose(team, {.output = "results.h5"});
//     if (team.is_root()) std::cout << cohort::text(diagnosis);
//
// Most runs that are slow are slow for reasons that the program cannot see: ranks bound to one core, a quota that stops
// them all at once, messages by way of TCP. So they are looked for, and what can be measured is measured, by calls like
// those of any program. Every program has this as --doctor.
#pragma once

#include <cohort/team/team.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohort {

enum class Health : std::uint8_t {
    none,  // nothing to judge, or not known
    good,
    warning,  // works, and could be better
    bad,      // makes runs slow, or fail
};

// "none", "good", "warning" or "bad".
[[nodiscard]] std::string_view name(Health health) noexcept;

struct Finding {
    std::string name;              // what was looked at: "binding"
    std::string value;             // what was found, in words
    std::optional<double> figure;  // the figure in it, if there is one
    std::string unit;              // of the figure: "s", "GiB"
    Health verdict = Health::none;
    std::string advice;  // why it matters; what to do. May be empty where nothing is wrong
};

struct Diagnosis {
    std::vector<Finding> findings;
    int ranks = 1;

    // The worst of the verdicts.
    [[nodiscard]] Health verdict() const noexcept;
};

struct DoctorOptions {
    std::string output;  // the file whose folder is examined; the present folder if empty
};

// Collective. Takes about a second; messages between nodes are tried with 16 of them at most. Findings are on the root,
// always the same ones in the same order, elsewhere there are none.
[[nodiscard]] Diagnosis diagnose(Team& team, const DoctorOptions& options = {});

// Local. For people: a line for each finding, its advice below, and how many there are of which kind.
[[nodiscard]] std::string text(const Diagnosis& diagnosis);

}  // namespace cohort

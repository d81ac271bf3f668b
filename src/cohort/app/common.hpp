// What every program says of itself and takes from its user, as values.
#pragma once

#include <cohort/plan/schedule.hpp>
#include <cohort/report/progress.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cohort {

struct Example {
    std::string command;
    std::string what;
};

// What --help says beside the options.
struct About {
    std::string name;     // cohort-pi
    std::string purpose;  // one line
    std::vector<Example> examples{};
    std::string notes{};         // units, formats: whole lines
    std::string items{"items"};  // what the last line counts: "darts"
};

// The common options, after Program::run has read them.
struct Common {
    int ranks = 0;  // asked for by -j; 0 if it was not given
    std::uint64_t seed = 1;
    std::string output;  // empty if not given
    bool force = false;
    ProgressMode progress = ProgressMode::automatic;
    bool quiet = false;  // --quiet or --progress none: nothing on standard error but failures
    bool json = false;
    bool doctor = false;  // --doctor: the body and the check are not run
    Schedule schedule;    // with --chunk worked in
};

}  // namespace cohort

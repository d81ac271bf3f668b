// What a call may be told; every member has a default.
#pragma once

#include <cohort/plan/schedule.hpp>
#include <cohort/plan/seed.hpp>
#include <cohort/run/balance.hpp>
#include <cohort/run/task_failure.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cohort {

class Journal;
class Observer;

// Where a call leaves a sequence of results.
enum class Results { on_root, everywhere };

// The same on every rank, but for `observers`, `journal` and `report`, which only matter where they are used: the first
// two on the root.
struct Options {
    Schedule schedule = Auto{};
    std::string name = {};                  // how observers and the journal know the call
    std::vector<Observer*> observers = {};  // hear how it gets on
    Journal* journal = nullptr;             // knows what an earlier run finished: map_reduce and the searches
    std::uint64_t in_flight = 0;         // most items handed out and not yet consumed; 0: chosen by the call
    Results results = Results::on_root;  // of map
    Seed seed = Seed{1};                 // of Context::random
    std::uint64_t grain = 1;             // items per partial result: map_reduce over items
    Balance* report = nullptr;           // receives the figures of the call, also when it fails
    // Tasks that throw: how often one is tried again, and where what still fails is listed, on every rank, instead of
    // ending the call. See task_failure.hpp.
    int retries = 0;
    std::vector<TaskFailure>* collect = nullptr;
    // Once the call has failed, a rank that is in a task for so long still ends the job. Unless told: as the program says,
    // or no bound. Not in searches, where what lies below a failure goes on.
    std::optional<std::chrono::milliseconds> grace = {};
};

}  // namespace cohort

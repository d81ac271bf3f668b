// What a call may be told; every member has a default.
#pragma once

#include <cohort/plan/schedule.hpp>
#include <cohort/plan/seed.hpp>
#include <cohort/run/balance.hpp>
#include <cohort/run/task_failure.hpp>

#include <cstdint>
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
    int retries = 0;                     // how often a task that throws is tried again; see task_failure.hpp
    std::vector<TaskFailure>* collect =
        nullptr;  // receives what failed, on every rank, and lets the call go on
};

}  // namespace cohort

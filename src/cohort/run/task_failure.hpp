// Tasks that throw, where that does not end the call.
//
//     std::vector<cohort::TaskFailure> failures;
//     cohort::for_each(team, files, convert, {.retries = 2, .collect = &failures});
//     for (const cohort::TaskFailure& failure : failures) fmt::print("{}: {}\n", failure.item, failure.message);
//
// Unless told otherwise, the first task that throws ends the call: what the others do is no longer wanted. With .retries
// all tasks are run first, then those that failed once more, each on the next rank, because what was wrong may be with the
// first one's node; and so on. Streams in order and searches cannot wait for the end, which may be far off: they try an
// item again where it failed, at once. With .collect what still fails is listed, and the call ends well.
//
// What is not a task is never tried again, and ends the call as ever: a producer, a consumer, a sink, the folding of
// partial results; and so do signals, and faults of cohort itself.
#pragma once

#include <cohort/plan/index.hpp>

#include <cstdint>
#include <string>

namespace cohort {

// A task that failed for good.
struct TaskFailure {
    Index item = 0;           // its number: an item's index, or a grain's
    std::uint64_t items = 1;  // how many from there on have no result: with .grain, those of its grain
    int rank = 0;             // where it failed last
    int attempts = 1;
    std::string host;
    std::string type;     // of the exception, as C++ spells it
    std::string message;  // cut after 1279 bytes
};

}  // namespace cohort

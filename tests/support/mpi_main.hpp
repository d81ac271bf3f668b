// What tests can ask of the main under MPI that they are linked with.
#pragma once

#include <functional>

namespace cohort::testing {

// Local. Has main call `close` after the last test, on every rank that has asked for it, if all tests passed.
void close_at_end(std::function<void()> close);

}  // namespace cohort::testing

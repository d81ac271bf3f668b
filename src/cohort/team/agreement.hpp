// Finds out when ranks do not make the same call.
//
// Calls are collective, and a program that makes different ones on different ranks hangs in some message that never comes,
// far from the mistake. So a build with COHORT_CHECK_CALLS, on in debug builds, compares what is called before it begins.
// That costs two collectives a call, which is why other builds do not.
#pragma once

#include <cohort/team/call.hpp>

#include <string>

namespace cohort::detail {

// True, within the library, in builds that compare calls.
#ifdef COHORT_CHECK_CALLS
inline constexpr bool checks_calls = true;
#else
inline constexpr bool checks_calls = false;
#endif

// Collective. Throws UsageError, the same on every rank and naming both, if ranks give different texts.
void expect_same_call(TeamCore& team, const std::string& what);

// Local. A call of this plan, in words.
[[nodiscard]] std::string text_of(const CallPlan& plan);

}  // namespace cohort::detail

// The calls of a storm: any call, with any options, any input, and anything thrown anywhere.
#pragma once

#include <storm/trial.hpp>

#include <cstdint>
#include <string>

namespace cohort::testing {

// Collective. Makes the call that `seed` says, and expects of it what is right. Returns what all ranks must agree on.
std::string make_call(Team& team, std::uint64_t seed, const Pace& pace);

// Of which kind it is. The same.
std::string call_map(Trial& trial);
std::string call_map_in_place(Trial& trial);  // map_into and for_each
std::string call_stream(Trial& trial);
std::string call_reduce(Trial& trial);
std::string call_search(Trial& trial);
std::string call_on_parts(Trial& trial);
std::string call_exchange(Trial& trial);
std::string call_in_subteam(Trial& trial, int depth);
std::string call_interrupted(Trial& trial);

}  // namespace cohort::testing

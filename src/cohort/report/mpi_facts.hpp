// What MPI says of itself, and how long its messages take. All of the doctor's MPI calls are here.
#pragma once

#include <cohort/team/team.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace cohort {

// Local. The MPI library and the version of the standard it keeps. Needs no MPI_Init.
[[nodiscard]] std::string mpi_version();

namespace detail {

// By what messages travel.
struct MpiPath {
    std::string name;          // "ob1 over self, vader"; empty if it cannot be told
    bool is_quick = false;     // something made for a fast network, or for ranks of one machine
    bool uses_tcp = false;     // for some of the messages
    bool uses_memory = false;  // shared, for some of them
};

// Local. MPI must be initialised. Takes up to half a second, so one rank should ask for all.
[[nodiscard]] MpiPath transport();

// Local. What the names of Open MPI's control variables give away: only components that are in use still have theirs.
[[nodiscard]] MpiPath open_mpi_transport(const std::set<std::string>& components);
// Local. What MPICH and its relatives write into their version: "MPICH Device: ch4:ofi".
[[nodiscard]] MpiPath mpich_transport(std::string_view version);

// Local. MPI must be initialised. True if several threads may call MPI at once.
[[nodiscard]] bool threads_are_free();

// Seconds that a message of 8 bytes takes one way between two ranks of the team: the median of many, on rank `a`. To be
// called by both of them, and by no other at the same time with either.
[[nodiscard]] std::optional<double> message_time(Team& team, int a, int b);

}  // namespace detail

}  // namespace cohort

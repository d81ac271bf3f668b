// How the ranks of a program agree on their end.
//
// Every rank that leaves the body, well or not, joins one non-blocking reduction on a communicator that
// nothing else uses. When it completes, all have left, and all know the failure that counts. Until then a
// rank that left well waits, as long as it takes; one that failed waits for a while, because an error that
// all ranks share reaches them within milliseconds of each other, and then takes it that the others will
// never come.
#pragma once

#include <cohort/app/run.hpp>

#include <mpi.h>

#include <optional>

namespace cohort::detail {

// What the ranks agreed on.
struct Departure {
    bool all_left = false;
    int status = 0;      // of the program
    bool mine = false;   // the failure that counts is this rank's
    bool fault = false;  // some rank failed in a way that leaves nothing to rely on
};

class Leaving {
  public:
    // Collective. MPI must be initialised.
    Leaving();

    // Joins the others, with how this rank's body ended; nothing if it ended well. The lowest rank's failure
    // counts; that of an interrupted rank only if no other failed, since it may be a consequence. If not all
    // have left when a failing rank's patience ends, the verdict says so, and the caller has to end the job.
    // To be called once.
    [[nodiscard]] Departure leave(const std::optional<Ending>& ending, std::chrono::milliseconds grace);

  private:
    MPI_Comm comm_ = MPI_COMM_NULL;  // never freed: that is collective, and the end of the job is near
    int rank_ = 0;
};

}  // namespace cohort::detail

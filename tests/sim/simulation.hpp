// The ranks of a team in one process, on a schedule that follows from a seed.
//
// What goes wrong between ranks goes wrong once in ten thousand runs, and not again under a debugger. So here each rank is
// a fiber, one runs at a time, and who runs next, how long each message takes and what the clock says are pure functions
// of a seed: a run that fails is repeated by its seed. Ranks may be switched wherever they touch what they share: at every
// call of the transport, at every atomic operation (simulated_atomics.cpp) and whenever they ask for the time or sleep
// (simulated_clock.cpp). Time is made up: it passes as ranks take steps, and jumps when all of them wait.
//
// Each seed has a temper: how long a rank runs undisturbed, which ranks are slow, how late messages are. Messages of one
// (source, destination, tag) never overtake, others do. Memory is sequentially consistent: what a weaker machine may do
// is not tried.
//
// MPI may leave messages where they are until their rank calls it, and connect ranks when they first talk; some do, and the
// test machine's may not. So half of the seeds have a network of either kind, see Manners.
//
// A run in which nothing can move any more is given up, with a report of what each rank waits for. Its fibers are left as
// they are and never unwound: a rank may hang in the middle of what must not throw.
#pragma once

#include <support/dice.hpp>

#include <cohort/team/transport.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cohort::testing {

// How a network moves messages. COHORT_SIM_NETWORK=prompt, driven, connects or driven+connects says so instead of the seed.
struct Manners {
    // Nothing leaves a rank, or is received by it, but when it calls its transport.
    bool driven = false;
    // The first message of one rank to another waits for a handshake, which takes calls of both.
    bool connects = false;
};
[[nodiscard]] Manners manners_of(std::uint64_t seed);
[[nodiscard]] const char* name(Manners manners) noexcept;

struct Simulated {
    std::string report;       // what went wrong; empty if nothing did
    std::uint64_t steps = 0;  // places at which ranks might have been switched
    std::int64_t time = 0;    // ns that passed
    std::uint64_t trace = 0;  // a hash of who ran when: the same for the same seed
};

// Runs `body` on a rank for each entry of `node_of`, which says the rank's node, until all have returned or the run is
// given up: because nothing moves, because `body` throws, or because the transport is misused.
Simulated simulate(std::uint64_t seed, const std::vector<int>& node_of,
                   const std::function<void(std::unique_ptr<detail::Transport>)>& body);
Simulated simulate(std::uint64_t seed, const std::vector<int>& node_of, Manners manners,
                   const std::function<void(std::unique_ptr<detail::Transport>)>& body);

// Of the rank that is running; -1 outside of a simulation.
[[nodiscard]] int simulated_rank() noexcept;

// From a rank. Has a second fiber call `service` for this rank every now and then, as a thread would, until leave_alone(),
// which waits for it.
void accompany(const std::function<void()>& service);
void leave_alone();

// For what stands between the ranks and the world, see above. All do nothing outside of a simulation.
namespace hook {
void step() noexcept;  // the next rank may take over here
// An atomic word that others may wait for is not as it was.
void wrote(const volatile void* place, std::uint64_t before, std::uint64_t after) noexcept;
void yield() noexcept;                      // this rank waits, and others take over
void sleep(std::int64_t ns) noexcept;       // likewise, for so long
[[nodiscard]] std::int64_t now() noexcept;  // ns, on a clock that all ranks share
}  // namespace hook

}  // namespace cohort::testing

#include <support/world.hpp>

#include <support/mpi_main.hpp>

#include <memory>

namespace cohort::testing {

Team& world() {
    static std::unique_ptr<Team> team;
    if (!team) {
        team = std::make_unique<Team>(Team::over(MPI_COMM_WORLD));
        close_at_end([] {
            team->close();
            team.reset();
        });
    }
    return *team;
}

}  // namespace cohort::testing

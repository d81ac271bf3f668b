// A program that works until it is interrupted; when its job is run again, it ends at once.
#include <cohort/app/run.hpp>
#include <cohort/cohort.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

void wait_a_little(cohort::Index, cohort::Context& context) {
    for (int i = 0; i < 10 && !context.stop_requested(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [](cohort::Team& team) {
        const bool again = std::getenv("SLURM_RESTART_COUNT") != nullptr;
        if (team.is_root()) {
            std::puts(again ? "the second time" : "working");
            std::fflush(stdout);
        }
        if (!again) cohort::for_each(team, cohort::indices(100'000), wait_a_little);
    });
}

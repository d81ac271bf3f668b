#include <cohort/app/run.hpp>
#include <cohort/cohort.hpp>

#include <cstdio>

int main(int argc, char** argv) {
    return cohort::run(argc, argv, [](cohort::Team& team) {
        const auto squares = cohort::map(team, cohort::indices(5), [](cohort::Index i) { return i * i; });
        for (std::size_t i = 0; i < squares.size(); ++i) {
            std::printf("%s%llu", i == 0 ? "" : " ", static_cast<unsigned long long>(squares[i]));
        }
        if (!squares.empty()) std::printf("\n");
    });
}

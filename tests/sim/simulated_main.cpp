#include <sim/simulated_test.hpp>

#include <sim/simulation.hpp>
#include <support/world.hpp>

#include <cohort/team/interrupt.hpp>
#include <cohort/team/team_core.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cohort::testing {
namespace {

using Nodes = std::vector<int>;  // the node of each rank

Nodes nodes_of(const std::string& text) {
    Nodes nodes;
    int node = 0;
    for (std::size_t place = 0; place < text.size(); ++node) {
        std::size_t digits = 0;
        const int ranks = std::stoi(text.substr(place), &digits);
        nodes.insert(nodes.end(), static_cast<std::size_t>(ranks), node);
        place += digits + 1;
    }
    return nodes;
}

// "2+2+1", and "010" where a node's ranks do not follow each other.
std::string text_of(const Nodes& nodes) {
    std::vector<int> ranks;
    for (const int node : nodes) {
        ranks.resize(static_cast<std::size_t>(std::max<int>(node + 1, static_cast<int>(ranks.size()))));
        ++ranks[static_cast<std::size_t>(node)];
    }
    return std::is_sorted(nodes.begin(), nodes.end()) ? fmt::format("{}", fmt::join(ranks, "+"))
                                                      : fmt::format("{}", fmt::join(nodes, ""));
}

Nodes nodes_of(std::uint64_t seed) {
    static const std::vector<std::string> all{"2",     "1+1",     "3",       "2+1",   "1+1+1", "2+2",   "5",
                                              "2+2+1", "1+1+1+1", "2+2+2+2", "3+3+2", "8",     "1+4+3", "1"};
    Dice dice(seed ^ 0x6e6f646573);
    Nodes nodes = nodes_of(all[dice.below(all.size())]);
    if (dice.one_in(5)) {
        // Ranks dealt to nodes in turn; node 0 is still that of rank 0.
        const int count = nodes.back() + 1;
        for (std::size_t rank = 0; rank < nodes.size(); ++rank) {
            nodes[rank] = static_cast<int>(rank) % count;
        }
    }
    return nodes;
}

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

// FNV-1a: the same everywhere.
std::uint64_t hash_of(const std::string& text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return hash;
}

// The run under way.
struct OneRun {
    std::uint64_t seed = 0;
    Nodes nodes;
    std::map<int, Team> teams;  // by rank
};
OneRun* run = nullptr;

std::uint64_t runs_unless_told = 20;

// Says on which rank of which run something was found wrong.
class RankPrinter : public ::testing::EmptyTestEventListener {
    void OnTestPartResult(const ::testing::TestPartResult& result) override {
        if (result.failed() && run != nullptr && simulated_rank() >= 0) {
            std::printf("    on rank %d of %s, seed %llu:\n", simulated_rank(), text_of(run->nodes).c_str(),
                        static_cast<unsigned long long>(run->seed));
        }
    }
};

class SimulatedTest : public ::testing::Test {
  public:
    SimulatedTest(std::string name, void (*body)()) : name_(std::move(name)), body_(body) {}

    void TestBody() override {
        const std::uint64_t first = setting("COHORT_SIM_SEED", 1);
        const std::uint64_t runs = setting("COHORT_SIM_RUNS", runs_unless_told);
        for (std::uint64_t seed = first; seed < first + runs; ++seed) {
            const char* nodes = std::getenv("COHORT_SIM_NODES");
            run_once({seed, nodes != nullptr ? nodes_of(nodes) : nodes_of(seed), {}});
            if (HasFailure()) {
                return;
            }
        }
    }

  private:
    void run_once(OneRun now) {
        // Not the seed alone, or all tests would see the same schedules.
        const std::uint64_t seed = now.seed ^ (hash_of(name_) << 20);
        run = new OneRun(std::move(now));  // a run that is given up goes on pointing at it
        const Simulated result =
            simulate(seed, run->nodes, [this](std::unique_ptr<detail::Transport> transport) {
                const int rank = simulated_rank();
                Team& team = run->teams.emplace(rank, Team::over(std::move(transport))).first->second;
                // In every other run, what the helper thread of a team does.
                const bool helped = run->seed % 2 == 0;
                if (helped) {
                    accompany([&core = team.core()] { core.serve_in_background(); });
                }
                body_();
                if (helped) {
                    leave_alone();
                }
                team.close();
            });
        detail::clear_interrupt();
        if (!result.report.empty()) {
            ADD_FAILURE() << result.report;
        }
        if (HasFailure()) {
            std::printf(
                "repeat with: COHORT_SIM_SEED=%llu COHORT_SIM_RUNS=1 %s --gtest_filter=%s   # %s, %s\n",
                static_cast<unsigned long long>(run->seed), program_invocation_name, name_.c_str(),
                text_of(run->nodes).c_str(), name(manners_of(seed)));
            std::fflush(stdout);
        }
        if (result.report.empty()) {
            delete run;
        }
        run = nullptr;
    }

    std::string name_;
    void (*body_)();
};

}  // namespace

int add_simulated_test(const char* suite, const char* name, const char* file, int line, void (*body)()) {
    const std::string full = std::string(suite) + "." + name;
    ::testing::RegisterTest(suite, name, nullptr, nullptr, file, line,
                            [=]() -> ::testing::Test* { return new SimulatedTest(full, body); });
    return 0;
}

std::uint64_t simulated_seed() { return run->seed; }

void set_runs(std::uint64_t runs) { runs_unless_told = runs; }

Team& world() { return run->teams.at(simulated_rank()); }

}  // namespace cohort::testing

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    const std::string flag = "--runs=";
    if (argc > 1 && std::string(argv[1]).starts_with(flag)) {
        cohort::testing::set_runs(std::stoull(argv[1] + flag.size()));
    }
    ::testing::UnitTest::GetInstance()->listeners().Append(new cohort::testing::RankPrinter);
    const int result = RUN_ALL_TESTS();
    if (::testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
        std::fputs("no test was run (the filter leaves none); give another filter\n", stderr);
        return 1;
    }
    return result;
}

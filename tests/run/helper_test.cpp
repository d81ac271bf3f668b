// A rank inside a long task holds nobody back: its helper answers asks, takes in results and pushes its own on.
//
// "Long" is not a time here but a condition: a task returns when what it waits for has happened, which it never does if
// nobody moves messages for its rank. Ranks tell each other by memory that all of this machine share, also where teams
// pretend several nodes.
#include <cohort/run/map.hpp>
#include <cohort/run/search.hpp>
#include <cohort/team/mpi_transport.hpp>
#include <cohort/team/shared_memory.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace cohort {
namespace {

using testing::world;

// A number that all ranks of the machine count up.
class Board {
  public:
    // Collective.
    Board() {
        const auto all = detail::MpiTransport::over(MPI_COMM_WORLD);
        const auto machine = all->split_by_machine();
        memory_ = detail::SharedMemory::over(*machine, sizeof(std::atomic<int>), "a test");
        machine->close();
        all->close();
    }
    void count() { word().fetch_add(1); }
    // Returns when the count has come to `number`; false if it does not within a minute, three under a checker.
    [[nodiscard]] bool wait_for(int number) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(3);
        while (word().load() < number && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return word().load() >= number;
    }

  private:
    std::atomic<int>& word() { return *reinterpret_cast<std::atomic<int>*>(memory_.data()); }
    detail::SharedMemory memory_;
};

// The first task of the root lasts until the other ranks have done all others.
constexpr int items = 200;

// Collective. One with which nothing but that task is then left to the root: chunks of one grain, of which other ranks of
// its node can take the rest; alone on its node, an automatic schedule, whose first batch is one grain a rank.
Schedule leaving_one_to_the_root(const Team& team) {
    int on_node = 0;
    for (int rank = 0; rank < team.size(); ++rank) {
        on_node += team.node_of(rank) == 0 ? 1 : 0;
    }
    return on_node > 1 ? Schedule(Fixed{1}) : Schedule(Auto{});
}

TEST(Helper, AnswersAsksForACoordinatorInALongTask) {
    Team& team = world();
    Board board;
    bool first = true;
    int mine = 0;
    const auto task = [&](Index) {
        if (team.is_root() && std::exchange(first, false) && team.size() > 1) {
            EXPECT_TRUE(board.wait_for(items - 1));
        }
        ++mine;
        board.count();
    };
    for_each(team, indices(items), task, {.schedule = leaving_one_to_the_root(team)});
    EXPECT_TRUE(board.wait_for(items));
    if (team.is_root() && team.size() > 1) {
        EXPECT_LE(mine, 1);  // none if the others were quicker
    }
}

TEST(Helper, TakesInResultsForARootInALongTask) {
    Team& team = world();
    Board board;
    bool first = true;
    // Together 3 MB and more: far beyond what pipes and queues hold.
    const auto task = [&](Index i) {
        if (team.is_root() && std::exchange(first, false) && team.size() > 1) {
            EXPECT_TRUE(board.wait_for(items - 1));
        }
        board.count();
        return std::vector<Index>(2'000, i);
    };
    const auto results = map(team, indices(items), task, {.schedule = leaving_one_to_the_root(team)});
    ASSERT_EQ(results.size(), team.is_root() ? std::size_t{items} : 0U);
    for (Index i = 0; i < results.size(); ++i) {
        EXPECT_EQ(results[i], std::vector<Index>(2'000, i));
    }
}

TEST(Helper, DealsItemsThatOnlyTheRootHasFromItsReserve) {
    Team& team = world();
    Board board;
    const int others = 4 * (team.size() - 1);  // as many as a reserve holds
    bool first = true;
    const auto task = [&](const std::string& word) {
        if (team.is_root() && std::exchange(first, false) && team.size() > 1) {
            EXPECT_TRUE(board.wait_for(others));
        }
        board.count();
        return word.size();
    };
    const std::vector<std::string> words =
        team.is_root() ? std::vector<std::string>(static_cast<std::size_t>(others) + 1, "word")
                       : std::vector<std::string>{};
    const auto results = map(team, words, task, {.schedule = Fixed{1}});
    EXPECT_EQ(results, std::vector<std::size_t>(words.size(), 4));
    for_each(team, words, task, {.schedule = Fixed{1}});
}

TEST(Helper, PushesALargeResultOnWhileItsRankComputesTheNext) {
    Team& team = world();
    Board board;
    constexpr std::size_t large = 1'000'000;
    int done = 0;
    // Every rank but the root returns something large from its first task, and stays in its second until the root has it.
    const auto task = [&](Index i) {
        ++done;
        if (!team.is_root() && done == 2) {
            EXPECT_TRUE(board.wait_for(1));
        }
        return std::vector<Index>(!team.is_root() && done == 1 ? large : 1, i);
    };
    const auto consume = [&](Index i, const std::vector<Index>& result) {
        EXPECT_EQ(std::accumulate(result.begin(), result.end(), Index{0}), i * result.size());
        if (result.size() == large) {
            board.count();
        }
    };
    map_unordered(team, indices(1'000), task, consume, {.schedule = StaticCyclic{1}});
    if (team.size() > 1) {
        EXPECT_TRUE(board.wait_for(team.size() - 1));
    }
}

TEST(Helper, HearsForTheNodeOfALeaderInALongTask) {
    Team& team = world();
    Board board;
    int followers = 0;  // on nodes other than the root's
    for (int rank = 1; rank < team.size(); ++rank) {
        const bool leads = team.node_of(rank) != team.node_of(rank - 1);
        followers += leads || team.node_of(rank) == 0 ? 0 : 1;
    }
    // A hit on the root. The others of a leader's node hear of it only if somebody moves messages for their leader, which
    // stays in its task until they have.
    const auto task = [&](Index i, Context& context) {
        if (i == 0) {
            return true;
        }
        if (team.node_number() > 0 && team.node_rank() == 0 && team.node_size() > 1) {
            EXPECT_TRUE(board.wait_for(followers));
            return false;
        }
        while (!context.stop_requested()) {}
        if (team.node_number() > 0 && team.node_rank() > 0) {
            board.count();
        }
        return false;
    };
    const auto ranks = static_cast<std::uint64_t>(team.size());
    EXPECT_EQ(find_first(team, indices(ranks), task, {.schedule = StaticCyclic{1}}), 0U);
}

}  // namespace
}  // namespace cohort

// The simulation itself: what it finds, and that it finds it again.
#include <sim/simulation.hpp>

#include <cohort/team/team.hpp>
#include <cohort/team/transport.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace cohort::testing {
namespace {

using detail::Backoff;
using detail::bytes_of;
using detail::Request;
using detail::Transport;
using detail::writable_bytes_of;
using Ends = std::unique_ptr<Transport>;

const std::vector<int> two{0, 1};

std::string report_of(const std::function<void(Ends)>& body) { return simulate(1, two, body).report; }

TEST(Simulation, RepeatsARunByItsSeed) {
    const auto body = [](Ends transport) {
        Team team = Team::over(std::move(transport));
        team.barrier();
        team.close();
    };
    std::set<std::uint64_t> traces;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Simulated first = simulate(seed, {0, 0, 1}, body);
        const Simulated again = simulate(seed, {0, 0, 1}, body);
        EXPECT_EQ(first.report, "");
        EXPECT_EQ(first.trace, again.trace);
        EXPECT_EQ(first.steps, again.steps);
        EXPECT_EQ(first.time, again.time);
        traces.insert(first.trace);
    }
    EXPECT_EQ(traces.size(), 20U);
}

TEST(Simulation, ReportsRanksThatWaitForEver) {
    const std::string report = report_of([](Ends transport) {
        if (transport->rank() == 0) {
            int never = 0;
            Request request = transport->start_receive(1, detail::tag::grant, writable_bytes_of(never));
            transport->wait(request, true);
        }
    });
    EXPECT_NE(report.find("nothing moves any more"), std::string::npos) << report;
    EXPECT_NE(report.find("rank 0 of node 0: waits for receive of grant from rank 1"), std::string::npos)
        << report;
    EXPECT_NE(report.find("rank 1 of node 1: has returned"), std::string::npos) << report;
}

TEST(Simulation, ReportsRanksThatWaitForAWordAndTakeLocksMeanwhile) {
    std::atomic<int> lock{0};
    std::atomic<int> word{0};
    const std::string report = report_of([&](Ends transport) {
        Backoff backoff(true);
        while (word.load() == 0) {
            while (lock.exchange(1) != 0) {}
            lock.store(0);
            transport->pause(backoff);
        }
    });
    EXPECT_NE(report.find("nothing moves any more"), std::string::npos) << report;
}

TEST(Simulation, ReportsWhatLeavesARank) {
    const std::string report = report_of([](Ends) { throw std::runtime_error("odd"); });
    EXPECT_NE(report.find("left with an exception: odd"), std::string::npos) << report;
}

TEST(Simulation, ReportsMessagesThatNobodyReceives) {
    const std::string report = report_of([](Ends transport) {
        if (transport->rank() == 0) {
            transport->send(1, 3, bytes_of(1));
        }
        transport->close();
    });
    EXPECT_NE(report.find("rank 1 closes before it has received a message of ask from rank 0"),
              std::string::npos)
        << report;
}

TEST(Simulation, KeepsTheOrderOfAChannelAndOfNoOthers) {
    bool other_overtook = false;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        std::vector<int> order;
        const Simulated run = simulate(seed, two, [&](Ends transport) {
            std::array<int, 20> numbers{};
            for (int i = 0; i < 20; ++i) {
                numbers[static_cast<std::size_t>(i)] = i;
            }
            std::vector<Request> requests;
            for (int& number : numbers) {
                // Even numbers travel by another channel.
                const int tag = 1 + number % 2;
                requests.push_back(transport->rank() == 0
                                       ? transport->start_synchronous_send(1, tag, bytes_of(number))
                                       : transport->start_receive(0, tag, writable_bytes_of(number)));
            }
            Backoff backoff(true);
            for (std::size_t left = requests.size(); left > 0; transport->pause(backoff)) {
                for (std::size_t i = 0; i < requests.size(); ++i) {
                    if (requests[i].pending() && transport->test(requests[i])) {
                        --left;
                        if (transport->rank() == 1) {
                            EXPECT_EQ(numbers[i], static_cast<int>(i));
                            order.push_back(numbers[i]);
                        }
                    }
                }
            }
        });
        EXPECT_EQ(run.report, "");
        other_overtook = other_overtook || !std::is_sorted(order.begin(), order.end());
    }
    EXPECT_TRUE(other_overtook);
}

// Without switches between atomic operations this would never lose a count.
TEST(Simulation, FindsAnUpdateThatIsNotAtomic) {
    int lost = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        std::atomic<int> word{0};
        simulate(seed, two, [&](Ends) {
            for (int i = 0; i < 10; ++i) {
                word.store(word.load() + 1);
            }
        });
        lost += word.load() != 20 ? 1 : 0;
    }
    EXPECT_GT(lost, 0);
}

TEST(Simulation, LetsTimePassWhileAllSleep) {
    const auto before = std::chrono::steady_clock::now();
    const Simulated run = simulate(1, two, [](Ends) {
        const auto start = std::chrono::steady_clock::now();
        std::this_thread::sleep_for(std::chrono::hours(1));
        EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::hours(1));
    });
    EXPECT_EQ(run.report, "");
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::minutes(30));
}

TEST(Simulation, KeepsExceptionsOfRanksApart) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        std::atomic<int> word{0};
        const Simulated run = simulate(seed, two, [&](Ends transport) {
            for (int i = 0; i < 10; ++i) {
                const std::string mine = std::to_string(transport->rank()) + " " + std::to_string(i);
                try {
                    throw std::runtime_error(mine);
                } catch (const std::runtime_error&) {
                    word.fetch_add(1);  // others throw and catch here
                    try {
                        std::rethrow_exception(std::current_exception());
                    } catch (const std::runtime_error& error) {
                        EXPECT_EQ(error.what(), mine);
                    }
                }
            }
        });
        EXPECT_EQ(run.report, "");
    }
}

}  // namespace
}  // namespace cohort::testing

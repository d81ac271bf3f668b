// The simulation itself: what it finds, and that it finds it again.
#include <sim/simulation.hpp>

#include <cohort/team/team.hpp>
#include <cohort/team/transport.hpp>

#include <gtest/gtest.h>

#include <array>
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
    static constexpr int one = 1;
    const std::string report = report_of([](Ends transport) {
        if (transport->rank() == 0) {
            static_cast<void>(transport->start_send(1, 3, bytes_of(one)));
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

// What a rank does while it waits for others: it calls its transport, or not.
enum class Meanwhile { drives, waits };

void wait_for(const std::atomic<int>& word, int value, Transport& transport, Meanwhile meanwhile) {
    Backoff backoff(true);
    while (word.load() < value) {
        if (meanwhile == Meanwhile::drives) {
            transport.drive();
        }
        transport.pause(backoff);
    }
}

// Rank 0 sends something that it need not wait for, and waits for rank 1 to tell it otherwise.
std::string report_of_a_send(Manners manners, Meanwhile meanwhile) {
    std::atomic<int> received{0};
    return simulate(1, two, manners,
                    [&](Ends transport) {
                        int number = 7;
                        if (transport->rank() == 0) {
                            static_cast<void>(transport->start_send(1, 3, bytes_of(number)));
                            wait_for(received, 1, *transport, meanwhile);
                        } else {
                            Request request = transport->start_receive(0, 3, writable_bytes_of(number));
                            transport->wait(request, true);
                            received.store(1);
                        }
                    })
        .report;
}

TEST(Simulation, MayLeaveAMessageWhereItIsUntilItsSenderCallsIn) {
    EXPECT_EQ(report_of_a_send({}, Meanwhile::waits), "");
    EXPECT_EQ(report_of_a_send({.driven = true}, Meanwhile::drives), "");
    const std::string report = report_of_a_send({.driven = true}, Meanwhile::waits);
    EXPECT_NE(report.find("nothing moves any more"), std::string::npos) << report;
    EXPECT_NE(report.find("1 messages have not left it"), std::string::npos) << report;
}

TEST(Simulation, MayConnectRanksWhenTheyFirstTalk) {
    EXPECT_EQ(report_of_a_send({.connects = true}, Meanwhile::drives), "");
    const std::string report = report_of_a_send({.connects = true}, Meanwhile::waits);
    EXPECT_NE(report.find("nothing moves any more"), std::string::npos) << report;
}

// Rank 0 waits for what it has sent to be taken, and rank 1, which has a receive for it, for rank 0 to say so.
std::string report_of_a_receive(Manners manners, Meanwhile meanwhile) {
    std::atomic<int> taken{0};
    return simulate(1, two, manners,
                    [&](Ends transport) {
                        int number = 7;
                        if (transport->rank() == 0) {
                            Request request = transport->start_synchronous_send(1, 3, bytes_of(number));
                            transport->wait(request, true);
                            taken.store(1);
                        } else {
                            Request request = transport->start_receive(0, 3, writable_bytes_of(number));
                            wait_for(taken, 1, *transport, meanwhile);
                            transport->wait(request, true);
                        }
                    })
        .report;
}

TEST(Simulation, MayTakeMessagesOnlyWhenTheirReceiverCallsIn) {
    EXPECT_EQ(report_of_a_receive({}, Meanwhile::waits), "");
    EXPECT_EQ(report_of_a_receive({.driven = true}, Meanwhile::drives), "");
    EXPECT_NE(report_of_a_receive({.driven = true}, Meanwhile::waits), "");
    EXPECT_EQ(report_of_a_receive({.connects = true}, Meanwhile::drives), "");
    EXPECT_NE(report_of_a_receive({.connects = true}, Meanwhile::waits), "");
}

// Of so many runs in which each rank waits for the others after a broadcast, how many end.
int broadcasts_that_end(Manners manners, Meanwhile meanwhile) {
    int ended = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        std::atomic<int> done{0};
        const Simulated run = simulate(seed, {0, 0, 0, 0}, manners, [&](Ends transport) {
            int number = transport->rank() == 0 ? 7 : 0;
            Request request = transport->start_broadcast(0, writable_bytes_of(number));
            transport->wait(request, true);
            EXPECT_EQ(number, 7);
            done.fetch_add(1);
            wait_for(done, 4, *transport, meanwhile);
        });
        ended += run.report.empty() ? 1 : 0;
    }
    return ended;
}

TEST(Simulation, MayLeaveWhatARankForwardsUntilItCallsIn) {
    EXPECT_EQ(broadcasts_that_end({}, Meanwhile::waits), 20);
    EXPECT_EQ(broadcasts_that_end({.driven = true, .connects = true}, Meanwhile::drives), 20);
    EXPECT_LT(broadcasts_that_end({.driven = true}, Meanwhile::waits), 20);
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

// Names of processes tell the dead from the living, and what the dead left in /dev/shm goes when a team is made.
#include <cohort/team/process.hpp>
#include <cohort/team/team.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cohort {
namespace {

using detail::Process;

// A child that waits to be killed.
class Child {
  public:
    Child() {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe(ends), 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            const Process process = Process::this_one();
            static_cast<void>(::write(ends[1], &process, sizeof(process)));
            while (true) ::pause();
        }
        EXPECT_EQ(::read(ends[0], told_.data(), sizeof(told_)), static_cast<ssize_t>(sizeof(told_)));
        ::close(ends[0]);
        ::close(ends[1]);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        kill();
        reap();
    }

    [[nodiscard]] const Process& process() const noexcept { return told_[0]; }
    // What is left then is its exit status.
    void kill() const {
        ::kill(pid_, SIGKILL);
        siginfo_t ended{};
        ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT);
    }
    void reap() const { ::waitpid(pid_, nullptr, 0); }

  private:
    pid_t pid_ = 0;
    std::array<Process, 1> told_;
};

TEST(AProcess, IsNamedInAWayThatCanBeRead) {
    const Process all[]{
        Process::this_one(), {1, 2, 3}, {~0ULL, 4194304, ~0ULL}, {.space = 0, .pid = 1, .start = 0}};
    for (const Process& process : all) EXPECT_EQ(Process::named(process.name()), process) << process.name();
    EXPECT_NE(Process::this_one().space, 0U);
    EXPECT_NE(Process::this_one().start, 0U);
    EXPECT_EQ(Process::this_one().pid, static_cast<std::uint64_t>(::getpid()));
}

TEST(AProcess, IsReadFromItsNameOnly) {
    const std::string name = Process{.space = 0xabc, .pid = 0x12, .start = 0x34}.name();
    EXPECT_EQ(name, "0000000000000abc-12-34");
    for (const std::string& other :
         {std::string(), name + "-", name + "x", "-" + name, " " + name, name.substr(1), name.substr(0, 19),
          std::string("0000000000000abc-0-34"), std::string("0000000000000abc-80000000-34"),
          std::string("0000000000000ABC-12-34"), std::string("0000000000000abc--12-34"),
          std::string("0000000000000abc-012-34")}) {
        EXPECT_EQ(Process::named(other), std::nullopt) << other;
    }
}

TEST(AProcess, IsOverOnceItIsKilledAndAlsoWhenItsStatusIsFetched) {
    const Child child;
    EXPECT_TRUE(child.process().is_near());
    EXPECT_FALSE(child.process().is_over());
    EXPECT_FALSE(child.process().is_this_one());
    child.kill();
    EXPECT_TRUE(child.process().is_over());
    child.reap();
    EXPECT_TRUE(child.process().is_over());
}

TEST(AProcess, IsNotAnotherWithItsPid) {
    Process before = Process::this_one();
    --before.start;
    EXPECT_TRUE(before.is_over());
    EXPECT_FALSE(Process::this_one().is_over());
}

TEST(AProcess, ElsewhereIsNotKnownToBeOver) {
    const Child child;
    child.kill();
    Process elsewhere = child.process();
    ++elsewhere.space;
    EXPECT_FALSE(elsewhere.is_near());
    EXPECT_FALSE(elsewhere.is_over());
    Process unknown = child.process();
    unknown.space = 0;
    EXPECT_FALSE(unknown.is_over());
}

// A segment as it is named for a moment.
std::string segment_of(const Process& process) {
    std::string name = "/cohort." + process.name() + ".ffff";
    const int descriptor = ::shm_open(name.c_str(), O_RDWR | O_CREAT, 0600);
    EXPECT_GE(descriptor, 0);
    ::close(descriptor);
    return name;
}

bool is_there(const std::string& segment) {
    const int descriptor = ::shm_open(segment.c_str(), O_RDWR, 0600);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
}

TEST(ATeam, RemovesTheSegmentsOfTheDeadWhenItIsMade) {
    Team& team = testing::world();
    const Child dead;
    const Child living;
    dead.kill();
    Process elsewhere = dead.process();
    ++elsewhere.space;
    const std::string left = segment_of(dead.process());
    const std::string used = segment_of(living.process());
    const std::string unknown = segment_of(elsewhere);
    team.barrier();
    const Team made = team.split(0);
    team.barrier();
    EXPECT_EQ(is_there(left), team.node_size() == 1);  // a rank alone shares no memory, and does not look
    EXPECT_TRUE(is_there(used));
    EXPECT_TRUE(is_there(unknown));
    for (const std::string& name : {left, used, unknown}) ::shm_unlink(name.c_str());
}

}  // namespace
}  // namespace cohort

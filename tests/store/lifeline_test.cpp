// A rank hears of the end of its root and of its launcher, and of nothing else.
#include <cohort/store/lifeline.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <iterator>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cohort::detail {
namespace {

// Runs in children, which end with 0 if it returns true.
using Body = std::function<bool()>;

pid_t start(const Body& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body() ? 0 : 1);
    return child;
}

bool ends_well(pid_t child) {
    int status = 1;
    return ::waitpid(child, &status, 0) == child && status == 0;
}

void end(pid_t child) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
}

// A child that only waits, and what it is called.
struct Root {
    pid_t pid = 0;
    std::array<Process, 1> told;
    const Process& process = told[0];

    Root() {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe(ends), 0);
        pid = start([&] {
            const Process mine = Process::this_one();
            static_cast<void>(::write(ends[1], &mine, sizeof(mine)));
            while (true) ::pause();
            return true;
        });
        EXPECT_EQ(::read(ends[0], told.data(), sizeof(told)), static_cast<ssize_t>(sizeof(told)));
        ::close(ends[0]);
        ::close(ends[1]);
    }
};

std::string said(const Lifeline& lifeline) {
    const char* words = lifeline.cut();
    return words == nullptr ? "" : words;
}

constexpr const char* root_ended = "the root of its run has ended";
constexpr const char* launcher_ended = "the launcher of its run has ended";

TEST(ALifeline, IsCutWhenTheRootIsKilledBeforeAnybodyTookNote) {
    const Root root;
    const Lifeline lifeline(root.process);
    EXPECT_EQ(said(lifeline), "");
    ::kill(root.pid, SIGKILL);
    siginfo_t ended{};
    ::waitid(P_PID, static_cast<id_t>(root.pid), &ended, WEXITED | WNOWAIT);
    EXPECT_EQ(said(lifeline), root_ended);
    end(root.pid);
    EXPECT_EQ(said(lifeline), root_ended);
}

TEST(ALifeline, IsCutFromTheStartOfARootThatIsGone) {
    const Root root;
    end(root.pid);
    EXPECT_EQ(said(Lifeline(root.process)), root_ended);
    Process earlier = Process::this_one();
    const Root other;
    earlier.pid = other.process.pid;
    earlier.start = other.process.start - 1;
    EXPECT_EQ(said(Lifeline(earlier)), root_ended) << "its pid is another's now";
    end(other.pid);
}

TEST(ALifeline, OfARootElsewhereIsNotCutByWhoHasItsPidHere) {
    const Root root;
    end(root.pid);
    Process elsewhere = root.process;
    ++elsewhere.space;
    EXPECT_EQ(said(Lifeline(elsewhere)), "");
}

TEST(ALifeline, IsCutWhenTheLauncherIsGone) {
    int told[2] = {-1, -1};
    ASSERT_EQ(::pipe(told), 0);
    const pid_t launcher = start([&] {
        start([&] {
            const pid_t parent = ::getppid();
            const Lifeline lifeline(Process::this_one(), parent);
            std::string words = said(lifeline);
            static_cast<void>(::write(told[1], "+", 1));
            while (::getppid() == parent) ::usleep(1000);
            words += said(lifeline);
            return ::write(told[1], words.data(), words.size()) > 0;
        });
        while (true) ::pause();
        return true;
    });
    char begun = 0;
    ASSERT_EQ(::read(told[0], &begun, 1), 1);
    end(launcher);
    std::vector<char> words(100);
    words.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(told[0], words.data(), words.size()), 0)));
    EXPECT_EQ(std::string(words.begin(), words.end()), launcher_ended);
    ::close(told[0]);
    ::close(told[1]);
}

TEST(ALifeline, LastsAsLongAsNobodyEnds) {
    const Root root;
    const Root another;
    Lifeline lifeline(root.process);
    end(another.pid);
    Lifeline moved = std::move(lifeline);
    std::thread([] {}).join();
    EXPECT_EQ(said(moved), "");
    EXPECT_EQ(said(Lifeline(Process::this_one())), "");
    EXPECT_EQ(said(Lifeline()), "");
    EXPECT_EQ(first_parent(), ::getppid());
    end(root.pid);
}

// As on Linux before 5.3, and in containers that forbid the call.
bool forbid_handles_of_processes() {
    sock_filter program[]{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{.len = std::size(program), .filter = program};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 &&
           ::syscall(SYS_pidfd_open, ::getpid(), 0) == -1 && errno == ENOSYS;
}

TEST(ALifeline, NeedsNoHandleOfTheRoot) {
    if (!ends_well(start(forbid_handles_of_processes)))
        GTEST_SKIP() << "this process may not forbid itself a call";
    const pid_t judge = start([] {
        if (!forbid_handles_of_processes()) return false;
        const Root root;
        const Lifeline lifeline(root.process, ::getppid());
        const bool lasted = said(lifeline).empty();
        end(root.pid);
        return lasted && said(lifeline) == root_ended;
    });
    EXPECT_TRUE(ends_well(judge));
}

}  // namespace
}  // namespace cohort::detail

// One who waits for a reader or a writer hears a signal, whenever it comes, and leaves whole lines.
#include <cohort/app/waiting.hpp>
#include <cohort/team/interrupt.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace cohort {
namespace {

constexpr int not_open = 1'000'000;

struct Pipe {
    Pipe() { EXPECT_EQ(::pipe(ends.data()), 0); }
    ~Pipe() {
        close_writer();
        ::close(ends[0]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void close_writer() {
        if (ends[1] >= 0) ::close(ends[1]);
        ends[1] = -1;
    }
    // What is in it, once nobody writes any more.
    [[nodiscard]] std::string rest() {
        close_writer();
        std::string text;
        std::array<char, 4096> piece{};
        for (ssize_t bytes = 0; (bytes = ::read(ends[0], piece.data(), piece.size())) > 0;)
            text.append(piece.data(), static_cast<std::size_t>(bytes));
        return text;
    }

    std::array<int, 2> ends{-1, -1};
};

class Waiting : public testing::Test {
  protected:
    ~Waiting() override { detail::clear_interrupt(); }

    // Sends the wish when the other thread most probably waits; if it does not yet, the test holds all the same.
    static std::thread soon() {
        return std::thread([] {
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            detail::request_interrupt(SIGUSR1);
        });
    }

    std::array<char, 16> buffer_{};
};

std::string many_lines(std::size_t bytes) {
    std::string text;
    for (int i = 0; text.size() < bytes; ++i) text += std::to_string(i) + ": not prime\n";
    return text;
}

TEST_F(Waiting, ForInputHearsASignalThatCameBefore) {
    const Pipe pipe;
    detail::request_interrupt(SIGTERM);
    try {
        static_cast<void>(read_some(pipe.ends[0], buffer_, Ear()));
        ADD_FAILURE() << "it was not heard";
    } catch (const Interrupted& error) {
        EXPECT_EQ(error.signal(), SIGTERM);
        EXPECT_STREQ(error.what(), "interrupted by SIGTERM (the work was not finished); run it again");
    }
}

TEST_F(Waiting, ForInputHearsASignalThatGoesToAnotherThread) {
    const Pipe pipe;
    std::thread signal = soon();
    EXPECT_THROW(static_cast<void>(read_some(pipe.ends[0], buffer_, Ear())), Interrupted);
    signal.join();
}

TEST_F(Waiting, ForInputGivesWhatComesAndThenTheEnd) {
    Pipe pipe;
    ASSERT_EQ(::write(pipe.ends[1], "97\n", 3), 3);
    EXPECT_EQ(read_some(pipe.ends[0], buffer_, Ear()), 3);
    pipe.close_writer();
    EXPECT_EQ(read_some(pipe.ends[0], buffer_, Ear()), 0);
    EXPECT_EQ(read_some(not_open, buffer_, Ear()), -1);
    EXPECT_EQ(errno, EBADF);
}

TEST_F(Waiting, ForOneWhoOpensAPipeIsWaitingForInput) {
    const std::string path = testing::TempDir() + "cohort-fifo-" + std::to_string(::getpid());
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const int descriptor = open_to_read(path);
    std::remove(path.c_str());
    ASSERT_GE(descriptor, 0);
    std::thread signal = soon();
    EXPECT_THROW(static_cast<void>(read_some(descriptor, buffer_, Ear())), Interrupted);
    signal.join();
    ::close(descriptor);
}

TEST_F(Waiting, ForAReaderHearsASignalAndLeavesWholeLines) {
    Pipe pipe;
    Ear ear;
    const std::string text = many_lines(std::size_t{1} << 18);
    std::thread signal = soon();
    EXPECT_FALSE(write_all(pipe.ends[1], text, ear));
    EXPECT_EQ(errno, EINTR);
    signal.join();
    const std::string written = pipe.rest();
    EXPECT_FALSE(written.empty());
    EXPECT_TRUE(written.ends_with('\n'));
    EXPECT_TRUE(text.starts_with(written));
}

// It takes a byte at a time, so that a write to it waits although it was ready.
TEST_F(Waiting, ForATerminalThatNobodyReadsHearsASignal) {
    const int user = ::posix_openpt(O_RDWR | O_NOCTTY);
    ASSERT_GE(user, 0);
    ASSERT_EQ(::grantpt(user), 0);
    ASSERT_EQ(::unlockpt(user), 0);
    const int terminal = ::open(::ptsname(user), O_WRONLY | O_NOCTTY);
    ASSERT_GE(terminal, 0);
    Ear ear;
    std::thread signal = soon();
    EXPECT_FALSE(write_all(terminal, many_lines(std::size_t{1} << 20), ear));
    EXPECT_EQ(errno, EINTR);
    signal.join();
    ::close(terminal);
    ::close(user);
}

TEST_F(Waiting, ForASlowReaderWritesAll) {
    Pipe pipe;
    const std::string text = many_lines(300'000) + std::string(20'000, '7') + "\n" + std::string(9'000, '8');
    std::thread writer([&] {
        Ear ear;
        EXPECT_TRUE(write_all(pipe.ends[1], text, ear));
        pipe.close_writer();
    });
    std::string read;
    std::array<char, 3000> piece{};
    for (ssize_t bytes = 0; (bytes = ::read(pipe.ends[0], piece.data(), piece.size())) > 0;)
        read.append(piece.data(), static_cast<std::size_t>(bytes));
    writer.join();
    EXPECT_EQ(read, text);
}

TEST_F(Waiting, IsNotNeededWhereThereIsRoom) {
    Pipe pipe;
    Ear ear;
    detail::request_interrupt(SIGUSR1);
    EXPECT_TRUE(write_all(pipe.ends[1], "97: prime\n", ear));
    EXPECT_EQ(pipe.rest(), "97: prime\n");
    EXPECT_FALSE(write_all(not_open, "97: prime\n", ear));
    EXPECT_EQ(errno, EBADF);
}

TEST_F(Waiting, InACallEndsTheCall) {
    Team team = Team::alone();
    const Pipe pipe;
    const Ear ear(team);
    EXPECT_FALSE(ear.told_to_stop());
    std::thread signal = soon();
    EXPECT_THROW(on_root_listening(team, [&] { static_cast<void>(read_some(pipe.ends[0], buffer_, ear)); }),
                 Interrupted);
    signal.join();
    detail::clear_interrupt();
    EXPECT_FALSE(ear.told_to_stop());
    int calls = 0;
    on_root_listening(team, [&] { ++calls; });
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace cohort

// A pending file is one run's alone, whoever else starts, is killed or meddles with it.
//
// Locks and kinds of file systems are those of this machine's disk, unless a test says otherwise: this program has fcntl
// and statfs of its own.
#include <cohort/plan/error.hpp>
#include <cohort/store/lock_reach.hpp>
#include <cohort/store/pending_file.hpp>
#include <cohort/store/scratch.hpp>
#include <cohort/store/temporary_name.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

bool has_locks = true;
long pretended_type = 0;  // of file system; 0: the real one

}  // namespace

extern "C" int fcntl(int descriptor, int what, ...) {
    va_list arguments;
    va_start(arguments, what);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    if (what == F_OFD_SETLK && !has_locks) {
        errno = ENOLCK;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fcntl, descriptor, what, argument));
}

extern "C" int statfs(const char* path, struct statfs* facts) noexcept {
    const int result = static_cast<int>(::syscall(SYS_statfs, path, facts));
    if (pretended_type != 0) facts->f_type = pretended_type;
    return result;
}

namespace cohort {
namespace {

namespace fs = std::filesystem;
using detail::Process;

constexpr long fuse = 0x65735546;

// Lets everything be as it is again.
struct Pretence {
    Pretence(bool locks, long type) {
        has_locks = locks;
        pretended_type = type;
    }
    Pretence(const Pretence&) = delete;
    Pretence& operator=(const Pretence&) = delete;
    ~Pretence() {
        has_locks = true;
        pretended_type = 0;
    }
};

class APendingFile : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "cohort-pending-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string& name = "a.h5") const {
        return (folder_ / name).string();
    }
    // A temporary file of `owner`, as if it had been killed, and a scratch file of that; returns its name.
    std::string leave(const Process& owner, const std::string& output = "a.h5") const {
        const std::string name = fmt_name(output, owner);
        put(name, "left");
        put(name + ".3", "left");
        return name;
    }
    static std::string fmt_name(const std::string& output, const Process& owner) {
        return "." + output + "." + owner.name() + "-0.part";
    }
    void put(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
    }
    [[nodiscard]] std::string text_of(const std::string& name) const {
        std::ostringstream text;
        text << std::ifstream(folder_ / name).rdbuf();
        return text.str();
    }
    [[nodiscard]] std::set<std::string> names() const {
        std::set<std::string> all;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder_))
            all.insert(entry.path().filename().string());
        return all;
    }

    fs::path folder_;
};

const PendingFile::Terms forced{.force = true};

std::string refused(const std::function<void()>& body) {
    try {
        body();
    } catch (const StoreError& error) {
        return error.what();
    }
    return "";
}

void expect_says(const std::string& said, const std::vector<std::string>& words) {
    for (const std::string& word : words) EXPECT_NE(said.find(word), std::string::npos) << said;
}

// This process, as it might have been earlier.
Process dead() {
    Process process = Process::this_one();
    --process.start;
    return process;
}

Process elsewhere() {
    Process process = dead();
    ++process.space;
    return process;
}

void write(const PendingFile& file, const std::string& text) {
    ASSERT_EQ(::pwrite(file.descriptor(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
}

TEST_F(APendingFile, IsThereWholeOnceItIsCommitted) {
    {
        PendingFile file(path(), {});
        write(file, "new");
        EXPECT_EQ(names(), (std::set<std::string>{".a.h5.part", fs::path(file.temporary()).filename()}));
        file.commit();
        EXPECT_EQ(names(), std::set<std::string>{"a.h5"});
    }
    EXPECT_EQ(text_of("a.h5"), "new");
}

TEST_F(APendingFile, IsNeverAnotherOnesFile) {
    std::set<std::string> all;
    for (int i = 0; i < 3; ++i) all.insert(PendingFile(path(), {}).temporary());
    EXPECT_EQ(all.size(), 3U);
    EXPECT_TRUE(names().empty());
}

// A killed run's other ranks have its file open still.
TEST_F(APendingFile, IsNotReachedByThoseThatHadAnEarlierOneOpen) {
    const std::string left = leave(dead());
    const int late = ::open(path(left).c_str(), O_RDWR);
    ASSERT_GE(late, 0);
    PendingFile file(path(), {});
    write(file, "new");
    EXPECT_EQ(::pwrite(late, "LATE", 4, 0), 4);
    file.commit();
    ::close(late);
    EXPECT_EQ(text_of("a.h5"), "new");
}

TEST_F(APendingFile, RemovesWhatTheDeadLeftOfItsOutputAndOfNoOther) {
    leave(dead());
    leave(elsewhere());  // nobody holds it, and this disk has no other host
    put(".a.h5." + dead().name() + "-7.part.0", "a scratch file whose file is gone");
    const std::set<std::string> others{leave(dead(), "b.h5"), leave(dead(), "h5"), leave(dead(), "a.h5.x"),
                                       ".a.h5.x.part", ".a.h5.backup.part"};
    for (const std::string& other : others) put(other, "theirs");
    std::set<std::string> expected = others;
    for (const char* output : {"b.h5", "h5", "a.h5.x"}) expected.insert(fmt_name(output, dead()) + ".3");
    expected.insert("a.h5");
    PendingFile(path(), {}).commit();
    EXPECT_EQ(names(), expected);
}

TEST_F(APendingFile, IsRefusedWhileAnotherRunHoldsTheOutput) {
    const PendingFile first(path(), {});
    fs::create_directory_symlink(folder_, path("again"));
    fs::create_symlink("a.h5", path("link.h5"));
    for (const std::string& same : {path(), path("again/a.h5"), path("link.h5"), path("./a.h5")})
        expect_says(refused([&] { PendingFile(same, forced); }), {same, "another run is writing it"});
    EXPECT_EQ(refused([&] { PendingFile(path("b.h5"), {}); }), "");
}

TEST_F(APendingFile, IsRefusedEvenWhereTheLockWasRemovedByHand) {
    PendingFile first(path(), {});
    write(first, "first");
    fs::remove(path(".a.h5.part"));
    expect_says(refused([&] { PendingFile(path(), forced); }), {"another run is writing it"});
    first.commit();
    EXPECT_EQ(text_of("a.h5"), "first");
    EXPECT_EQ(names(), std::set<std::string>{"a.h5"});
}

TEST_F(APendingFile, ThatWasRemovedIsNotCompleted) {
    put("a.h5", "old");
    PendingFile file(path(), forced);
    fs::remove(file.temporary());
    expect_says(refused([&] { file.commit(); }), {path(), file.temporary(), "removed or replaced"});
    EXPECT_EQ(text_of("a.h5"), "old");
}

TEST_F(APendingFile, ThatWasReplacedIsNotCompletedAndTheOtherStays) {
    put("a.h5", "old");
    std::string name;
    {
        PendingFile file(path(), forced);
        name = fs::path(file.temporary()).filename();
        fs::remove(file.temporary());
        put(name, "theirs");
        expect_says(refused([&] { file.commit(); }), {path(), "removed or replaced"});
    }
    EXPECT_EQ(text_of("a.h5"), "old");
    EXPECT_EQ(text_of(name), "theirs");
}

TEST_F(APendingFile, MayHaveAnyNameThatItsTemporaryOnesLeaveRoomFor) {
    for (const std::string& name : {std::string("a b\n%s*?{}'\"\\.h5"), std::string("\xff\xfe.h5"),
                                    std::string(".part"), std::string("-"), std::string(".h5.part")}) {
        PendingFile(path(name), {}).commit();
        EXPECT_TRUE(names().contains(name));
        fs::remove(path(name));
        const std::string left = leave(dead(), name);
        PendingFile(path(name), {}).commit();
        EXPECT_EQ(names(), std::set<std::string>{name});
        fs::remove(path(name));
    }
    std::size_t size = NAME_MAX;
    while (detail::longest_temporary_name(path(std::string(size, 'x'))) > NAME_MAX) --size;
    EXPECT_GT(size, 190U);
    const std::string longest = path(std::string(size, 'x'));
    {
        PendingFile file(longest, {});
        detail::Scratch scratch(file.temporary(), 9'999);
        EXPECT_EQ(scratch.write(0, std::as_bytes(std::span("x"))), 0);
        scratch.remove();
        file.commit();
    }
    const std::string longer = path(std::string(size + 1, 'x'));
    expect_says(refused([&] { PendingFile::check(longer, {}); }), {"too long"});
    expect_says(refused([&] { PendingFile(longer, {}); }), {"too long"});
}

// Which other ranks have to open as well, who may not be root.
TEST_F(APendingFile, CanBeWrittenByItsOwnerAndThenHasThePermissionsOfWhatItReplaces) {
    for (const mode_t mode : {0444U, 0600U, 0660U, 0000U, 0755U}) {
        put("a.h5", "old");
        ASSERT_EQ(::chmod(path().c_str(), mode), 0);
        PendingFile file(path(), forced);
        struct stat status {};
        ASSERT_EQ(::stat(file.temporary().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, mode | 0600U);
        file.commit();
        ASSERT_EQ(::stat(path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, mode);
        fs::remove(path());
    }
}

// On network file systems without locks.

TEST_F(APendingFile, WithoutLocksLeavesAloneWhatOtherHostsLeft) {
    const Pretence pretence(false, fuse);
    leave(dead());
    const std::string theirs = leave(elsewhere());
    PendingFile(path(), {}).commit();
    EXPECT_EQ(names(), (std::set<std::string>{"a.h5", theirs, theirs + ".3"}));
    EXPECT_EQ(text_of(theirs), "left");
}

TEST_F(APendingFile, WithoutLocksIsRefusedWhileAProcessOfThisHostWritesIt) {
    const Pretence pretence(false, fuse);
    {
        const PendingFile first(path(), {});
        expect_says(refused([&] { PendingFile(path(), forced); }), {"another run is writing it"});
    }
    EXPECT_EQ(refused([&] { PendingFile(path(), forced); }), "");
    EXPECT_TRUE(names().empty());
}

TEST_F(APendingFile, WithLocksThatMayNotReachOtherHostsLeavesAloneWhatTheyLeft) {
    const Pretence pretence(true, fuse);
    leave(dead());
    const std::string theirs = leave(elsewhere());
    PendingFile(path(), {}).commit();
    EXPECT_EQ(names(), (std::set<std::string>{"a.h5", theirs, theirs + ".3"}));
}

TEST(Locks, ReachAllOnDisksAndWhereAServerHearsOfThem) {
    struct Case {
        std::uint32_t type;
        std::string options;
        bool reach;
    };
    const std::string version = "rw,vers=4.2,rsize=1048576,";
    for (const Case& each : std::vector<Case>{{0xEF53, "rw", true},
                                              {0x00C36400, "rw", true},
                                              {0x6969, version + "local_lock=none,addr=10.0.0.1", true},
                                              {0x6969, version + "local_lock=none", true},
                                              {0x6969, version + "nolock,local_lock=all", false},
                                              {0x6969, version + "local_lock=posix", false},
                                              {0x6969, "", false},
                                              {0x0BD00BD0, "rw,flock,lazystatfs", true},
                                              {0x0BD00BD0, "rw,localflock", false},
                                              {0x0BD00BD0, "rw,noflock", false},
                                              {0x65735546, "rw", false},
                                              {0x12345, "rw", false}}) {
        EXPECT_EQ(detail::locks_reach_all(each.type, each.options), each.reach)
            << each.type << " " << each.options;
    }
    EXPECT_TRUE(detail::locks_reach_all("/dev/shm"));
    EXPECT_FALSE(detail::locks_reach_all("/none"));
}

TEST(Locks, HaveTheOptionsOfTheirMount) {
    std::istringstream table(
        "22 27 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
        "99 27 0:53 / /home rw,relatime shared:62 master:1 - nfs4 server:/home\\040x "
        "rw,vers=4.2,local_lock=none\n"
        "98 27 0:5 / /data rw - nfs server:/data rw,local_lock=all\n"
        "97 27 0:7 / /cut rw shared:1\n");
    const auto options = [&](unsigned minor) {
        table.clear();
        table.seekg(0);
        return detail::mount_options(table, makedev(0, minor));
    };
    EXPECT_EQ(options(53), "rw,vers=4.2,local_lock=none");
    EXPECT_EQ(options(5), "rw,local_lock=all");
    EXPECT_EQ(options(20), "rw");
    EXPECT_EQ(options(3), "");
    EXPECT_EQ(options(7), "");
}

TEST_F(APendingFile, LeavesNoScratchFileBehindThatIsBegunWhenItIsGone) {
    auto file = std::make_unique<PendingFile>(path(), PendingFile::Terms{});
    detail::Scratch scratch(file->temporary(), 0);
    file.reset();
    EXPECT_EQ(scratch.write(0, std::as_bytes(std::span("x"))), ESTALE);
    EXPECT_TRUE(names().empty());
}

// Runs in a child; returns its exit status, or that of a signal below zero.
int in_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST_F(APendingFile, OfAKilledRunMakesRoomAtOnce) {
    for (const bool locks : {true, false}) {
        const Pretence pretence(locks, 0);
        EXPECT_EQ(in_child([&] {
                      const PendingFile file(path(), {});
                      write(file, "half");
                      detail::Scratch scratch(file.temporary(), 0);
                      static_cast<void>(scratch.write(0, std::as_bytes(std::span("x"))));
                      return ::raise(SIGKILL);
                  }),
                  -SIGKILL);
        EXPECT_EQ(names().size(), 3U);
        PendingFile file(path(), {});
        write(file, "new!");
        file.commit();
        EXPECT_EQ(text_of("a.h5"), "new!");
        EXPECT_EQ(names(), std::set<std::string>{"a.h5"});
        fs::remove(path());
    }
}

// Each of several processes tries once; the one that gets the output keeps it until all have tried.
TEST_F(APendingFile, IsOneRunsOfAllThatStartAtTheSameMoment) {
    constexpr int runs = 6;
    for (int round = 0; round < 40; ++round) {
        if (round % 2 == 1) put(".a.h5.part", "");  // a killed run's
        int go[2] = {-1, -1};
        int tried[2] = {-1, -1};
        int end[2] = {-1, -1};
        for (auto* pipe : {go, tried, end}) ASSERT_EQ(::pipe(pipe), 0);
        std::vector<pid_t> children;
        for (int i = 0; i < runs; ++i) {
            children.push_back(::fork());
            if (children.back() != 0) continue;
            ::close(go[1]);
            ::close(end[1]);
            char byte = 0;
            static_cast<void>(::read(go[0], &byte, 1));
            std::unique_ptr<PendingFile> file;
            const std::string why =
                refused([&] { file = std::make_unique<PendingFile>(path(), PendingFile::Terms{}); });
            byte = file ? '1' : why.find("another run") != std::string::npos ? '0' : '?';
            static_cast<void>(::write(tried[1], &byte, 1));
            static_cast<void>(::read(end[0], &byte, 1));
            file.reset();
            ::_exit(0);
        }
        ::close(go[1]);  // now
        std::string all;
        for (char byte = 0; all.size() < runs && ::read(tried[0], &byte, 1) == 1;) all.push_back(byte);
        ::close(end[1]);
        for (const pid_t child : children) ::waitpid(child, nullptr, 0);
        for (const int descriptor : {go[0], tried[0], tried[1], end[0]}) ::close(descriptor);
        std::sort(all.begin(), all.end());
        ASSERT_EQ(all, std::string(runs - 1, '0') + "1");
        ASSERT_TRUE(names().empty());
    }
}

// They begin and complete it all the time: nobody may have it while another does.
TEST_F(APendingFile, IsNeverTwoRunsAtATime) {
    constexpr int runs = 4;
    std::vector<pid_t> children;
    for (int i = 0; i < runs; ++i) {
        children.push_back(::fork());
        if (children.back() != 0) continue;
        for (int completed = 0; completed < 10;) {
            std::unique_ptr<PendingFile> file;
            const std::string why = refused([&] { file = std::make_unique<PendingFile>(path(), forced); });
            if (!file && why.find("another run") == std::string::npos) ::_exit(1);
            if (file) {
                const int mark = ::open(path("mark").c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
                if (mark < 0) ::_exit(2);
                ::close(mark);
                ::unlink(path("mark").c_str());
                file->commit();
                ++completed;
            }
            file.reset();
            ::usleep(200);
        }
        ::_exit(0);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(names(), std::set<std::string>{"a.h5"});
}

}  // namespace
}  // namespace cohort

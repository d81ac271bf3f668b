// Files appear whole or not at all, columns and images come back as they were written, and what must not be replaced
// stays.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/store/column.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/image.hpp>

#include <gtest/gtest.h>
#include <support/world.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace cohort {
namespace {

namespace fs = std::filesystem;
using testing::world;

constexpr const char* program = "store-test";

// A folder of its own for each test, the same on every rank. What h5py shall find there it looks for after the last test,
// for it takes longer to start than a test does.
class Store : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        suite_ = on_root(world(), [] {
            std::string name = (fs::temp_directory_path() / "cohort-store-XXXXXX").string();
            if (::mkdtemp(name.data()) == nullptr) {
                throw StoreError("cannot make " + name);
            }
            std::ofstream(name + "/checks.py") << "import h5py, numpy\n";
            return name;
        });
    }
    static void TearDownTestSuite() {
        world().barrier();
        if (world().is_root()) {
            const char* python = std::getenv("COHORT_PYTHON");
            const std::string command = std::string("env -u PYTHONPATH ") +
                                        (python != nullptr ? python : "/usr/bin/python3") + " " + suite_ +
                                        "/checks.py";
            EXPECT_EQ(std::system(command.c_str()), 0) << "see what Python says above";
            fs::remove_all(suite_);
        }
        world().barrier();
    }
    void SetUp() override {
        folder_ = suite_ + "/" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
        if (world().is_root()) {
            fs::create_directory(folder_);
        }
        world().barrier();
    }
    void TearDown() override { world().barrier(); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
    // Collective. The names in the folder, sorted.
    [[nodiscard]] std::vector<std::string> names() const {
        return on_root(world(), [&] {
            std::vector<std::string> all;
            for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
                all.push_back(entry.path().filename().string());
            }
            std::sort(all.begin(), all.end());
            return all;
        });
    }
    void put(const std::string& name, const std::string& text) const {
        if (world().is_root()) {
            std::ofstream(path(name)) << text;
        }
        world().barrier();
    }
    [[nodiscard]] std::string text_of(const std::string& name) const {
        std::ostringstream text;
        text << std::ifstream(path(name)).rdbuf();
        return text.str();
    }
    // The expressions of Python, in which f is the file, will be true.
    void h5py_finds(const std::string& name, const std::vector<std::string>& expressions) const {
        if (!world().is_root()) {
            return;
        }
        std::ofstream checks(suite_ + "/checks.py", std::ios::app);
        checks << "f = h5py.File('" << path(name) << "', 'r')\n";
        for (const std::string& expression : expressions) {
            checks << "assert " << expression << "\n";
        }
    }

    inline static std::string suite_;
    std::string folder_;
};

Provenance provenance() { return {program, "1.2", "store-test --all", 7}; }

double half(Index i) { return static_cast<double>(i) / 2; }

TEST_F(Store, KeepsAColumnThatEveryRankWrites) {
    Team& team = world();
    for (const std::uint64_t count : {0U, 1U, 100'003U}) {
        File file = File::create(team, path("a.h5"), provenance());
        auto column = Column<double>::create(file, "halves", count);
        map_into(team, indices(count), half, column);
        file.commit();
        File back = File::open(team, path("a.h5"));
        auto halves = Column<double>::open(back, "halves");
        ASSERT_EQ(halves.count(), count);
        const double sum = map_reduce(team, halves, 0.0, [](double x) { return x; });
        EXPECT_EQ(sum, static_cast<double>(count) * static_cast<double>(count == 0 ? 0 : count - 1) / 4);
    }
    h5py_finds("a.h5", {"(f['halves'][:] == numpy.arange(100003) / 2).all()"});
    EXPECT_EQ(names(), std::vector<std::string>{"a.h5"});
}

TEST_F(Store, MapsOneColumnIntoAnother) {
    Team& team = world();
    {
        File file = File::create(team, path("in.h5"), provenance());
        auto column = Column<std::int32_t>::create(file, "x", 5'000);
        map_into(
            team, indices(5'000), [](Index i) { return static_cast<std::int32_t>(i) - 2'500; }, column);
        file.commit();
    }
    File in = File::open(team, path("in.h5"));
    auto xs = Column<std::int32_t>::open(in, "x");
    File out = File::create(team, path("out.h5"), provenance());
    auto ys = Column<double>::create(out, "y", xs.count());
    map_into(
        team, xs, [](std::int32_t x) { return 0.5 * x; }, ys);
    out.commit();
    h5py_finds("out.h5", {"(f['y'][:] == (numpy.arange(5000) - 2500) / 2).all()"});
}

TEST_F(Store, AppendsEveryRanksPartInOrder) {
    Team& team = world();
    File file = File::create(team, path("a.h5"), provenance());
    auto column = Column<std::uint64_t>::growing(file, "n");
    std::uint64_t next = 0;
    for (int round = 0; round < 5; ++round) {
        std::vector<std::uint64_t> mine;
        for (int rank = 0; rank < team.size(); ++rank) {
            for (int i = 0; i < (rank + round) * 100; ++i, ++next) {
                if (rank == team.rank()) {
                    mine.push_back(next);
                }
            }
        }
        column.append(mine);
    }
    file.commit();
    h5py_finds("a.h5", {"(f['n'][:] == numpy.arange(" + std::to_string(next) + ")).all()"});
}

// More than a node's turn at places, and parts that ranks of several nodes have to make one HDF5 chunk of.
TEST_F(Store, CompressesWhatEveryRankWrites) {
    Team& team = world();
    File file = File::create(team, path("a.h5"), provenance());
    constexpr std::uint64_t count = 5'000'000;
    const auto noise = [](Index i) { return (i + 1) * 0x9e3779b97f4a7c15U; };
    auto column = Column<std::uint64_t>::create(file, "n", count, {.compress = true, .chunk = 50'000});
    map_into(team, indices(count), noise, column, {.schedule = Fixed{70'000}});
    auto growing = Column<std::uint64_t>::growing(file, "more", {.compress = true, .chunk = 1'000});
    for (std::uint64_t round = 0; round < 5; ++round) {
        const std::uint64_t items = 700 + round * 1'000;
        const auto rank = static_cast<std::uint64_t>(team.rank());
        std::vector<std::uint64_t> mine(items);
        for (std::uint64_t i = 0; i < items; ++i)
            mine[i] = (700 * round + 500 * round * (round - 1)) * static_cast<std::uint64_t>(team.size()) +
                      rank * items + i;
        growing.append(mine);
    }
    const std::uint64_t grown = growing.count();
    file.commit();
    EXPECT_EQ(names(), std::vector<std::string>{"a.h5"});
    h5py_finds(
        "a.h5",
        {"(f['n'][:] == numpy.arange(1, 5000001, dtype='u8') * numpy.uint64(0x9e3779b97f4a7c15)).all()",
         "(f['more'][:] == numpy.arange(" + std::to_string(grown) + ")).all()",
         "f['n'].compression == 'gzip' and f['n'].shuffle"});
}

TEST_F(Store, SaysWhereAFileComesFrom) {
    Team& team = world();
    File file = File::create(team, path("a.h5"), provenance());
    file.set("wall_time", 1.5);
    file.set("note", std::string("ä"));
    file.commit();
    h5py_finds("a.h5", {"f.attrs['program'] == 'store-test'", "f.attrs['command_line'] == 'store-test --all'",
                        "f.attrs['seed'] == 7", "f.attrs['wall_time'] == 1.5", "f.attrs['complete'] == 1",
                        "f.attrs['ranks'] == " + std::to_string(team.size()), "f.attrs['note'] == '\u00e4'",
                        "len(f.attrs['hosts']) > 0", "f.attrs['start'].endswith('Z')"});
}

TEST_F(Store, KeepsAnImageWithPaletteAndAxes) {
    Team& team = world();
    constexpr std::uint64_t height = 700;
    constexpr std::uint64_t width = 530;
    Palette palette{};
    for (std::size_t i = 0; i < palette.size(); ++i) {
        palette[i][0] = static_cast<std::uint8_t>(i);
    }
    File file = File::create(team, path("a.h5"), provenance());
    Image<std::uint16_t> image(file, "iterations", height, width, palette, 300);
    image.set_axes("x", std::vector<double>(width, 0.5), "y", std::vector<double>(height, 1.5));
    for_each(team, indices(height / 7), [&](Index band) {
        image.write_rows(band * 7, std::vector<std::uint16_t>(7 * width, static_cast<std::uint16_t>(band)));
    });
    file.commit();
    h5py_finds("a.h5", {"(f['iterations'][:, 3] == numpy.arange(700) // 7).all()", "f['iterations'].chunks",
                        "f['iterations'].attrs['CLASS'] == b'IMAGE'",
                        "f['iterations'].attrs['IMAGE_VERSION'] == b'1.2'",
                        "f[f['iterations'].attrs['PALETTE'][0]][255, 0] == 255",
                        "f['iterations'].dims[0][0].name == '/y'", "f['iterations'].dims[1][0][3] == 0.5"});
}

TEST_F(Store, LeavesNothingOfAFileThatWasNotCompleted) {
    Team& team = world();
    { const File file = File::create(team, path("a.h5"), provenance()); }
    team.barrier();
    EXPECT_TRUE(names().empty());
}

TEST_F(Store, ReplacesOnlyAFinishedFileOfTheSameProgram) {
    Team& team = world();
    File::create(team, path("a.h5"), provenance()).commit();
    EXPECT_NO_THROW(File::check_output(team, path("a.h5"), program, false));
    EXPECT_THROW(File::check_output(team, path("a.h5"), "another", false), StoreError);
    EXPECT_NO_THROW(File::check_output(team, path("a.h5"), "another", true));
    put("notes.txt", "mine");
    EXPECT_THROW((void)File::create(team, path("notes.txt"), provenance()), StoreError);
    EXPECT_EQ(text_of("notes.txt"), "mine");
    EXPECT_THROW((void)File::create(team, folder_, provenance(), true), StoreError);
    EXPECT_THROW((void)File::create(team, "/dev/null", provenance(), true), StoreError);
    EXPECT_THROW((void)File::create(team, path("none/a.h5"), provenance()), StoreError);
    EXPECT_THROW((void)File::create(team, "", provenance()), StoreError);
    team.barrier();
    EXPECT_EQ(names(), (std::vector<std::string>{"a.h5", "notes.txt"}));
}

TEST_F(Store, RefusesToReadWhatIsNotThere) {
    Team& team = world();
    EXPECT_THROW((void)File::open(team, path("none.h5")), StoreError);
    put("notes.txt", "mine");
    EXPECT_THROW((void)File::open(team, path("notes.txt")), StoreError);
    File::create(team, path("a.h5"), provenance()).commit();
    File file = File::open(team, path("a.h5"));
    EXPECT_THROW((void)Column<double>::open(file, "none"), StoreError);
}

// Lets files of this process grow to so many bytes only, as a disk would that is full.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

  private:
    rlimit before_{};
};

TEST_F(Store, OnAFullDiskIsAnErrorOnEveryRankAndTheOldFileStays) {
    Team& team = world();
    {
        File file = File::create(team, path("a.h5"), provenance());
        file.set("note", std::string("old"));
        file.commit();
    }
    {
        const SmallDisk disk(1 << 20);
        EXPECT_THROW(
            {
                File file = File::create(team, path("a.h5"), provenance());
                auto column = Column<double>::create(file, "x", 1'000'000);
                map_into(team, indices(1'000'000), half, column);
                file.commit();
            },
            StoreError);
        EXPECT_THROW(
            {
                File file = File::create(team, path("a.h5"), provenance());
                auto column = Column<double>::growing(file, "x");
                for (int round = 0; round < 100; ++round) {
                    column.append(std::vector<double>(10'000));
                }
                file.commit();
            },
            StoreError);
    }
    team.barrier();
    EXPECT_EQ(names(), std::vector<std::string>{"a.h5"});
    h5py_finds("a.h5", {"f.attrs['note'] == 'old'"});
}

TEST_F(Store, GivesUpAFileWhenATaskFails) {
    Team& team = world();
    EXPECT_THROW(
        {
            File file = File::create(team, path("a.h5"), provenance());
            auto column = Column<double>::create(file, "x", 10'000);
            const auto task = [](Index i) { return i == 7'000 ? throw std::runtime_error("no") : 1.0; };
            map_into(team, indices(10'000), task, column);
            file.commit();
        },
        TaskError);
    team.barrier();
    EXPECT_TRUE(names().empty());
}

TEST_F(Store, WorksWithoutMpi) {
    Team alone = Team::alone();
    if (world().is_root()) {
        File file = File::create(alone, path("a.h5"), provenance());
        auto column = Column<std::uint64_t>::growing(file, "n");
        column.append(std::vector<std::uint64_t>{1, 2, 3});
        column.append(std::vector<std::uint64_t>{4});
        file.commit();
        File back = File::open(alone, path("a.h5"));
        std::vector<std::uint64_t> all(4);
        Column<std::uint64_t>::open(back, "n").read(0, all);
        EXPECT_EQ(all, (std::vector<std::uint64_t>{1, 2, 3, 4}));
    }
}

}  // namespace
}  // namespace cohort

// Columns hold every kind of number, give it out as another kind only where nothing is lost, and keep within their ends.
#include <cohort/plan/error.hpp>
#include <cohort/store/column.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/image.hpp>
#include <cohort/store/pending_file.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cohort {
namespace {

namespace fs = std::filesystem;

class Stored : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_ = (fs::temp_directory_path() / "cohort-column-XXXXXX").string();
        ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

    // A file with these numbers as its column "values".
    template <typename T>
    std::string keep(const std::vector<T>& values) {
        const std::string name = path("values.h5");
        File file = File::create(team_, name, {.program = "test"}, true);
        auto column = Column<T>::create(file, "values", values.size());
        column.write(0, values);
        file.commit();
        return name;
    }

    template <typename T>
    std::vector<T> give_out(const std::string& name) {
        File file = File::open(team_, name);
        auto column = Column<T>::open(file, "values");
        std::vector<T> values(column.count());
        column.read(0, values);
        return values;
    }

    Team team_ = Team::alone();
    std::string folder_;
};

template <typename T>
class EveryNumber : public Stored {};
using Numbers =
    ::testing::Types<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
                     std::uint32_t, std::uint64_t, long long, unsigned long long, float, double>;
TYPED_TEST_SUITE(EveryNumber, Numbers);

TYPED_TEST(EveryNumber, ComesBackAsItWas) {
    using Limits = std::numeric_limits<TypeParam>;
    const std::vector<TypeParam> values{0, 1, Limits::lowest(), Limits::max(), TypeParam{7} / TypeParam{2}};
    EXPECT_EQ(this->template give_out<TypeParam>(this->keep(values)), values);
}

TYPED_TEST(EveryNumber, ComesAsAFloatingPointNumberToo) {
    const std::vector<TypeParam> values{0, 1, 100};
    EXPECT_EQ(this->template give_out<double>(this->keep(values)), (std::vector<double>{0, 1, 100}));
}

using AColumn = Stored;

TEST_F(AColumn, GivesSmallNumbersOutAsLargerOnes) {
    EXPECT_EQ(give_out<std::int64_t>(keep<std::uint32_t>({4'000'000'000})),
              (std::vector<std::int64_t>{4'000'000'000}));
    EXPECT_EQ(give_out<std::int16_t>(keep<std::int8_t>({-5})), (std::vector<std::int16_t>{-5}));
}

TEST_F(AColumn, RefusesToCutNumbers) {
    const std::string large = keep<std::uint64_t>({1});
    EXPECT_THROW(give_out<std::uint32_t>(large), StoreError);
    EXPECT_THROW(give_out<std::int64_t>(large), StoreError);
    EXPECT_THROW(give_out<std::uint64_t>(keep<std::int8_t>({1})), StoreError);
    EXPECT_THROW(give_out<std::int64_t>(keep<double>({1})), StoreError);
}

TEST_F(AColumn, IsReadAndWrittenFromAnyPlace) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    auto column = Column<int>::create(file, "deep/below/values", 100);
    column.write(97, std::array{1, 2, 3});
    column.write(0, std::array{4});
    std::array<int, 2> read{};
    column.read(98, read);
    EXPECT_EQ(read, (std::array{2, 3}));
    column.read(50, read);
    EXPECT_EQ(read, (std::array{0, 0})) << "what was never written is 0";
}

TEST_F(AColumn, HasNothingBeyondItsEnd) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    auto column = Column<int>::create(file, "values", 10);
    std::array<int, 2> two{};
    EXPECT_THROW(column.write(9, two), UsageError);
    EXPECT_THROW(column.read(no_index, two), UsageError);
    EXPECT_NO_THROW(column.write(10, {}));
}

TEST_F(AColumn, GrowsOverManyHdf5Chunks) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    auto column = Column<std::uint64_t>::growing(file, "values");
    std::vector<std::uint64_t> all;
    for (const std::size_t more : {1U, 0U, 131'071U, 131'072U, 400'000U, 3U}) {
        std::vector<std::uint64_t> part(more);
        std::iota(part.begin(), part.end(), all.size());
        column.append(part);
        all.insert(all.end(), part.begin(), part.end());
    }
    file.commit();
    EXPECT_EQ(give_out<std::uint64_t>(path("a.h5")), all);
}

TEST_F(AColumn, OfImpossibleSizeIsRefused) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    EXPECT_THROW(static_cast<void>(Column<double>::create(file, "huge", no_index)), StoreError);
    EXPECT_THROW(static_cast<void>(Column<double>::create(file, "large", std::uint64_t{1} << 55)),
                 StoreError);
}

TEST_F(AColumn, HasANameOfItsOwn) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    static_cast<void>(Column<int>::create(file, "values", 10));
    EXPECT_THROW(static_cast<void>(Column<int>::create(file, "values", 10)), StoreError);
    EXPECT_NO_THROW(file.commit());
    EXPECT_EQ(give_out<int>(path("a.h5")).size(), 10U);
}

using ACompressedColumn = Stored;

constexpr Layout small_chunks{.compress = true, .chunk = 100};

// Whatever the parts and their order, and wherever an HDF5 chunk ends.
TEST_F(ACompressedColumn, IsWhatWasWrittenInParts) {
    std::mt19937_64 random(5);
    for (const std::uint64_t count : {1U, 99U, 100U, 101U, 12'345U}) {
        for (const std::uint64_t longest : {1U, 30U, 100U, 1000U}) {
            SCOPED_TRACE(std::to_string(count) + " in parts of up to " + std::to_string(longest));
            std::vector<std::uint32_t> values(count);
            for (std::uint32_t& value : values) value = static_cast<std::uint32_t>(random() % 1000);
            std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
            for (std::uint64_t first = 0; first < count;) {
                const std::uint64_t items = std::min(1 + random() % longest, count - first);
                parts.emplace_back(first, items);
                first += items;
            }
            if (longest != 30) std::shuffle(parts.begin(), parts.end(), random);
            Layout layout = small_chunks;
            if (longest == 100) layout.level = 6;  // levels may be different libraries'
            {
                File file = File::create(team_, path("a.h5"), {.program = "test"});
                auto column = Column<std::uint32_t>::create(file, "values", count, layout);
                for (const auto& [first, items] : parts)
                    column.write(first, std::span(values).subspan(first, items));
                file.commit();
            }
            EXPECT_EQ(give_out<std::uint32_t>(path("a.h5")), values);
            EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
        }
    }
}

TEST_F(ACompressedColumn, HoldsWhatCannotBeMadeSmaller) {
    std::mt19937_64 random(6);
    std::vector<std::uint64_t> values(5'000);
    for (std::uint64_t& value : values) value = random();
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    auto column = Column<std::uint64_t>::create(file, "values", values.size(), small_chunks);
    column.write(0, values);
    file.commit();
    EXPECT_EQ(give_out<std::uint64_t>(path("a.h5")), values);
}

TEST_F(ACompressedColumn, IsSmall) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    auto column = Column<double>::create(file, "values", 10'000'000, {.compress = true});
    column.write(0, std::vector<double>(10'000'000, 0.1));
    file.commit();
    EXPECT_LT(fs::file_size(path("a.h5")), 1'000'000U);
}

TEST_F(ACompressedColumn, Is0WhereItWasNotWritten) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    auto column = Column<int>::create(file, "values", 1000, small_chunks);
    column.write(250, std::array{7});
    file.commit();
    std::vector<int> expected(1000);
    expected[250] = 7;
    EXPECT_EQ(give_out<int>(path("a.h5")), expected);
}

TEST_F(ACompressedColumn, GrowsBesideOthers) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    auto plain = Column<double>::create(file, "plain", 30'000);
    auto column = Column<std::uint64_t>::growing(file, "values", small_chunks);
    auto other = Column<std::uint64_t>::growing(file, "other");
    std::vector<std::uint64_t> all;
    for (const std::size_t more : {1U, 0U, 99U, 100U, 250U, 10'000U, 3U}) {
        std::vector<std::uint64_t> part(more);
        std::iota(part.begin(), part.end(), all.size());
        column.append(part);
        other.append(part);
        all.insert(all.end(), part.begin(), part.end());
    }
    plain.write(0, std::vector<double>(30'000, 1.5));
    file.commit();
    EXPECT_EQ(give_out<std::uint64_t>(path("a.h5")), all);
    File back = File::open(team_, path("a.h5"));
    EXPECT_EQ(Column<std::uint64_t>::open(back, "other").count(), all.size());
    std::array<double, 2> last{};
    Column<double>::open(back, "plain").read(29'998, last);
    EXPECT_EQ(last, (std::array{1.5, 1.5}));
}

TEST_F(ACompressedColumn, MayBeEmpty) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    static_cast<void>(Column<int>::growing(file, "values", small_chunks));
    static_cast<void>(Column<int>::create(file, "none", 0, small_chunks));
    file.commit();
    EXPECT_TRUE(give_out<int>(path("a.h5")).empty());
}

TEST_F(ACompressedColumn, RefusesWhatCannotBe) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    const auto create = [&](const Layout& layout) {
        static_cast<void>(Column<double>::create(file, "values", 1 << 30, layout));
    };
    EXPECT_THROW(create({.compress = true, .level = 0 - 1}), UsageError);
    EXPECT_THROW(create({.compress = true, .level = 13}), UsageError);
    EXPECT_THROW(create({.compress = true, .chunk = (2 << 20) + 1}), UsageError);
    auto column = Column<int>::create(file, "others", 10, small_chunks);
    column.write(0, std::array{1});
    std::array<int, 1> one{};
    EXPECT_THROW(column.read(0, one), UsageError) << "before the file is complete";
    EXPECT_THROW(column.write(10, one), UsageError);
}

using AnImage = Stored;

TEST_F(AnImage, TakesOnlyWholeRows) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    Image<std::uint8_t> image(file, "picture", 4, 5, {}, 255);
    const std::vector<std::uint8_t> numbers(10);
    EXPECT_NO_THROW(image.write_rows(2, numbers));
    EXPECT_THROW(image.write_rows(3, numbers), UsageError);
    EXPECT_THROW(image.write_rows(0, std::span(numbers).first(7)), UsageError);
}

using AFile = Stored;

TEST_F(AFile, IsWrittenOrReadAndNotBoth) {
    const std::string name = keep<int>({1, 2});
    File file = File::open(team_, name);
    EXPECT_THROW(file.set("a", 1.0), UsageError);
    EXPECT_THROW(file.commit(), UsageError);
    EXPECT_THROW(static_cast<void>(Column<int>::create(file, "more", 1)), UsageError);
    auto column = Column<int>::open(file, "values");
    EXPECT_THROW(column.write(0, std::array{1}), UsageError);
    File other = File::create(team_, path("b.h5"), {.program = "test"});
    EXPECT_THROW(static_cast<void>(Column<int>::open(other, "values")), UsageError);
}

TEST_F(AFile, IsNotChangedOnceItIsComplete) {
    File file = File::create(team_, path("a.h5"), {.program = "test"});
    auto column = Column<int>::create(file, "values", 1);
    file.commit();
    EXPECT_THROW(column.write(0, std::array{1}), UsageError);
    EXPECT_THROW(file.commit(), UsageError);
}

TEST_F(AFile, IsWrittenByOneRunAtATime) {
    {
        const File first = File::create(team_, path("a.h5"), {.program = "test"});
        EXPECT_THROW(static_cast<void>(File::create(team_, path("a.h5"), {.program = "test"}, true)),
                     StoreError);
    }
    EXPECT_NO_THROW(File::create(team_, path("a.h5"), {.program = "test"}).commit());
}

TEST_F(AFile, TakesOverWhatAKilledRunLeft) {
    std::ofstream(path(".a.h5.part")) << std::string(100'000, 'x');
    File::create(team_, path("a.h5"), {.program = "test"}).commit();
    EXPECT_LT(fs::file_size(path("a.h5")), 50'000U);
    EXPECT_FALSE(fs::exists(path(".a.h5.part")));
}

TEST_F(AFile, KeepsThePermissionsOfWhatItReplaces) {
    const std::string name = keep<int>({1});
    fs::permissions(name, fs::perms::owner_read | fs::perms::owner_write);
    keep<int>({2});
    struct stat status {};
    ASSERT_EQ(::stat(name.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(AFile, OutlivesItsColumnsOrNot) {
    const std::string name = keep<int>({5});
    auto column = [&] {
        File file = File::open(team_, name);
        return Column<int>::open(file, "values");
    }();
    std::array<int, 1> value{};
    column.read(0, value);
    EXPECT_EQ(value[0], 5);
}

}  // namespace
}  // namespace cohort

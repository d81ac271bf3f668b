// What is kept comes back whole, whether it went to a file or not, and nothing stays behind.
#include <cohort/app/spool.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/plan/random.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <unistd.h>

namespace cohort {
namespace {

class Spools : public testing::Test {
  protected:
    Spools() {
        if (const char* value = std::getenv("TMPDIR")) before_ = value;
        std::filesystem::create_directories(folder_);
        ::setenv("TMPDIR", folder_.c_str(), 1);
    }
    ~Spools() override {
        before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR");
        std::filesystem::remove_all(folder_);
    }

    std::filesystem::path folder_ = testing::TempDir() + "cohort-spool-" + std::to_string(::getpid());
    std::optional<std::string> before_;
};

std::string all_of(const Spool& spool) {
    std::string text;
    spool.read([&](std::string_view piece) { text += piece; });
    return text;
}

TEST_F(Spools, GiveBackWhatTheyWereGiven) {
    Random random(Seed(7), 0, 0);
    for (const std::size_t memory : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20}) {
        Spool spool(memory);
        EXPECT_TRUE(spool.empty());
        std::string expected;
        for (int i = 0; i < 300; ++i) {
            const std::string piece(random.below(3000), static_cast<char>('a' + i % 26));
            spool.append(piece);
            expected += piece;
            if (i % 100 == 0) {
                EXPECT_EQ(all_of(spool), expected);
            }
        }
        EXPECT_FALSE(spool.empty());
        EXPECT_EQ(all_of(spool), expected);
        const Spool moved = std::move(spool);
        EXPECT_EQ(all_of(moved), expected);
        EXPECT_TRUE(std::filesystem::is_empty(folder_));
    }
}

TEST_F(Spools, SayWhereTheyFindNoRoom) {
    std::filesystem::remove_all(folder_);
    Spool spool(10);
    spool.append("123456789");
    try {
        spool.append("0");
        ADD_FAILURE() << "it went somewhere";
    } catch (const StoreError& error) {
        EXPECT_NE(std::string(error.what()).find(folder_.string() + ": No such file or directory"),
                  std::string::npos)
            << error.what();
    }
}

}  // namespace
}  // namespace cohort

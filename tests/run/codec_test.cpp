// What travels arrives as it was, and what cannot travel is known at compile time.
#include <cohort/run/codec.hpp>

#include <boost/serialization/string.hpp>
#include <gtest/gtest.h>

#include <list>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace cohort::detail {
namespace {

template <typename T>
T there_and_back(const T& value) {
    return unpacked<T>(packed<T>(value));
}

TEST(Codec, KeepsValuesOfEveryShape) {
    EXPECT_EQ(there_and_back(42), 42);
    EXPECT_EQ(there_and_back(0.1), 0.1);
    EXPECT_EQ(there_and_back(std::string("a\0b", 3)), std::string("a\0b", 3));
    EXPECT_EQ(there_and_back(std::string()), "");
    using Nested = std::map<std::string, std::vector<std::pair<int, std::optional<std::string>>>>;
    const Nested nested{{"a", {{1, "one"}, {2, std::nullopt}}}, {"", {}}};
    EXPECT_EQ(there_and_back(nested), nested);
    const std::tuple<int, std::string, std::vector<bool>> mixed{1, "two", {true, false, true}};
    EXPECT_EQ(there_and_back(mixed), mixed);
    const std::list<std::set<int>> sets{{1, 2}, {}, {3}};
    EXPECT_EQ(there_and_back(sets), sets);
    const std::array<std::string, 2> strings{"x", "y"};
    EXPECT_EQ(there_and_back(strings), strings);
}

struct NoDefault {
    explicit NoDefault(int number) : value(number) {}
    int value;
};

TEST(Codec, NeedsNoDefaultConstructorForMemory) {
    EXPECT_EQ(there_and_back(NoDefault(7)).value, 7);
    const std::vector<NoDefault> many{NoDefault(1), NoDefault(2)};
    EXPECT_EQ(there_and_back(many)[1].value, 2);
}

struct Particle {
    std::string name;
    double mass = 0;

    template <typename Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        archive& name& mass;
    }
};

TEST(Codec, TakesBoostsSerializationForOtherTypes) {
    const std::vector<Particle> particles{{"electron", 0.511}, {"muon", 105.66}};
    const auto back = there_and_back(particles);
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back[1].name, "muon");
    EXPECT_EQ(back[1].mass, 105.66);
}

struct MoveOnly {
    explicit MoveOnly(int number = 0) : value(std::make_unique<int>(number)) {}
    std::unique_ptr<int> value;

    template <typename Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        archive&* value;
    }
};

TEST(Codec, MovesWhatCannotBeCopied) { EXPECT_EQ(*there_and_back(MoveOnly(9)).value, 9); }

TEST(Codec, ReportsAMessageThatIsTooShort) {
    Bytes bytes = packed(std::string("hello"));
    bytes.pop_back();
    EXPECT_THROW((void)unpacked<std::string>(bytes), Fault);
}

TEST(Sendable, RefusesWhatRefersToMemoryOfItsRank) {
    EXPECT_FALSE(Sendable<int*>);
    EXPECT_FALSE(Sendable<int&>);
    EXPECT_FALSE(Sendable<const char*>);
    EXPECT_FALSE(Sendable<std::span<int>>);
    EXPECT_FALSE(Sendable<std::string_view>);
    EXPECT_FALSE(Sendable<std::reference_wrapper<int>>);
    EXPECT_FALSE((Sendable<std::pair<int, std::string_view>>));
    EXPECT_FALSE(Sendable<std::vector<int*>>);
    EXPECT_FALSE((Sendable<std::map<std::string, std::span<int>>>));
    EXPECT_TRUE(Sendable<std::string>);
    EXPECT_TRUE((Sendable<std::vector<std::pair<int, std::string>>>));
    EXPECT_TRUE(Sendable<Particle>);
}

}  // namespace
}  // namespace cohort::detail

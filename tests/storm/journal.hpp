// A journal in memory, of one call that is made twice.
#pragma once

#include <cohort/run/codec.hpp>
#include <cohort/run/journal.hpp>

#include <gtest/gtest.h>

#include <map>

namespace cohort::testing {

class JournalOfTrial : public Journal {
  public:
    std::vector<Done> begin(std::string_view /*call*/, const Grains& /*grains*/) override {
        std::vector<Done> all;
        for (const auto& [grain, partial] : done_) {
            all.push_back({grain, partial});
        }
        return all;
    }
    void finished(std::uint64_t grain, std::span<const std::byte> partial) override {
        const bool is_new = done_.emplace(grain, detail::Bytes(partial.begin(), partial.end())).second;
        EXPECT_TRUE(is_new) << "grain " << grain << " is done twice";
    }
    void end() override {}

  private:
    std::map<std::uint64_t, detail::Bytes> done_;
};

}  // namespace cohort::testing

// Inputs and schedules that several tests of the run layer go through.
#pragma once

#include <cohort/plan/schedule.hpp>
#include <cohort/run/source.hpp>

#include <string>
#include <vector>

namespace cohort::testing {

inline const std::vector<Schedule>& every_schedule() {
    static const std::vector<Schedule> all{Auto{},   StaticBlock{}, StaticCyclic{3}, Fixed{1},
                                           Fixed{7}, Guided{2},     Factoring{5}};
    return all;
}

// The words "0" to "count - 1", on the root; elsewhere nothing, because only the root's copy counts.
inline std::vector<std::string> words(bool root, int count) {
    std::vector<std::string> all;
    for (int i = 0; root && i < count; ++i) {
        all.push_back(std::to_string(i));
    }
    return all;
}

// Squares that every rank computes for itself.
class Squares : public Source<double> {
  public:
    explicit Squares(std::uint64_t count) : count_(count) {}
    [[nodiscard]] std::uint64_t count() const override { return count_; }
    void read(Index first, std::span<double> items) override {
        for (std::size_t i = 0; i < items.size(); ++i) {
            items[i] = static_cast<double>(first + i) * static_cast<double>(first + i);
        }
    }

  private:
    std::uint64_t count_;
};

}  // namespace cohort::testing

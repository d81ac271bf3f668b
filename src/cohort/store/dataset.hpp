// The part of a column that does not depend on the type of its numbers.
#pragma once

#include <cohort/plan/index.hpp>
#include <cohort/store/number_type.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace cohort {
class File;
}

namespace cohort::detail {

class Dataset {
  public:
    // Collective.
    [[nodiscard]] static Dataset create(File& file, const std::string& name, NumberType type,
                                        std::uint64_t count);
    // Collective.
    [[nodiscard]] static Dataset open(File& file, const std::string& name, NumberType type);

    [[nodiscard]] std::uint64_t count() const noexcept;
    // Local. `count` numbers of the type given above, from `first` on.
    void read(Index first, void* numbers, std::uint64_t count);
    void write(Index first, const void* numbers, std::uint64_t count);

    class State;

  private:
    explicit Dataset(std::shared_ptr<State> state) : state_(std::move(state)) {}

    std::shared_ptr<State> state_;
};

}  // namespace cohort::detail

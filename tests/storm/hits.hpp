// What the searches of a storm look for.
#pragma once

#include <storm/trial.hpp>

#include <functional>
#include <optional>
#include <string>

namespace cohort::testing {

class Hits {
  public:
    explicit Hits(Trial& trial)
        : trial_(trial),
          from_(trial.first + trial.dice.below(2 * trial.count + 1)),
          every_(1 + trial.dice.below(trial.count + 1)) {}

    // The first one, if not earlier, and it does not fail.
    void put_at(Index i) { sure_ = i; }

    [[nodiscard]] bool operator()(Index i) const {
        return i == sure_ || (i >= from_ && (i - from_) % every_ == 0 && i - trial_.first < trial_.count);
    }
    [[nodiscard]] std::optional<Index> first() const {
        for (Index i = trial_.first; i - trial_.first < trial_.count || i == sure_; ++i) {
            if ((*this)(i) && !trial_.is_lost(i)) {
                return i;
            }
        }
        return std::nullopt;
    }

  private:
    Trial& trial_;
    Index from_;
    std::uint64_t every_;
    std::optional<Index> sure_;
};

// Runs `call`, which must give the first hit, or fail where something fails before it. Its answer in words.
std::string expect_first(Trial& trial, const Hits& hits, const std::function<std::optional<Index>()>& call);

}  // namespace cohort::testing

// Who hears how a call gets on.
#pragma once

#include <cohort/run/balance.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace cohort {

// Hears of a call as it goes: a progress bar, a log. Called on the root only, on the thread that made the call, and at
// most about twenty times a second, at moments when the root is between tasks.
class Observer {
  public:
    virtual ~Observer() = default;
    // The call begins; `items` is empty where their number is not known (a search without end, a produced input).
    virtual void started(std::string_view /*call*/, std::optional<std::uint64_t> /*items*/) {}
    // So many items are finished, over all ranks.
    virtual void advanced(std::uint64_t /*items*/) {}
    // The call is over, whether it failed or not.
    virtual void ended(const Balance& /*balance*/) {}
};

}  // namespace cohort

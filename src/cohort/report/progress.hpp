// How a call gets on, on standard error.
//
//     cohort::Progress bar("darts");
//     cohort::map(team, inputs, f, {.observers = {&bar}});
//
// On a terminal a bar with rate and time left; in a batch log a line every so often, at first after 10 s,
// then at twice the time each; nothing where there is nothing to see, or the call is over in half a second.
// Only the root's bar is told anything, so it may be made on every rank.
#pragma once

#include <cohort/run/observer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cohort {

enum class ProgressMode {
    automatic,  // a bar if standard error ends at a terminal, else a log
    bar,
    log,
    none,
};

class Progress : public Observer {
  public:
    // `what` is counted: "darts", "pixels".
    explicit Progress(std::string what, ProgressMode mode = ProgressMode::automatic);
    ~Progress() override;
    Progress(Progress&&) noexcept;
    Progress& operator=(Progress&&) noexcept;

    // Local. For calls over grains, which count those: shows `items` items in grains of `size` instead.
    void in_grains(std::uint64_t items, std::uint64_t size);

    void started(std::string_view call, std::optional<std::uint64_t> items) override;
    void advanced(std::uint64_t items) override;
    void ended(const Balance& balance) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cohort

#include <cohort/report/progress.hpp>
#include <cohort/report/progress_text.hpp>
#include <cohort/report/terminal.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace cohort {
namespace {

constexpr int standard_error = 2;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// In one piece, so that nothing comes between.
void put(const std::string& text) {
    if (!text.empty()) std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

struct Progress::State {
    std::string what;
    ProgressMode mode = ProgressMode::automatic;
    std::optional<ProgressText> text{};
    std::optional<std::uint64_t> items{};  // in grains of `size`
    std::uint64_t size = 1;

    std::uint64_t counted(std::uint64_t told) const {
        if (!items) return told;
        return told > *items / size ? *items : told * size;
    }

    int columns() const { return mode == ProgressMode::bar ? terminal_columns(standard_error) : 0; }
};

Progress::Progress(std::string what, ProgressMode mode)
    : state_(std::make_unique<State>(State{.what = std::move(what), .mode = mode})) {}

Progress::Progress(Progress&&) noexcept = default;
Progress& Progress::operator=(Progress&&) noexcept = default;

Progress::~Progress() {
    if (state_ && state_->text) put(state_->text->abandoned());
}

void Progress::in_grains(std::uint64_t items, std::uint64_t size) {
    state_->items = items;
    state_->size = std::max<std::uint64_t>(size, 1);
}

void Progress::started(std::string_view call, std::optional<std::uint64_t> items) {
    State& state = *state_;
    if (state.mode == ProgressMode::automatic) {
        state.mode = reaches_terminal(standard_error) ? ProgressMode::bar : ProgressMode::log;
    }
    if (state.mode == ProgressMode::none) return;
    state.text.emplace(state.what, state.mode == ProgressMode::bar);
    state.text->started(std::string(call), state.items ? state.items : items, now());
}

void Progress::advanced(std::uint64_t items) {
    if (state_->text) put(state_->text->advanced(state_->counted(items), now(), state_->columns()));
}

void Progress::ended(const Balance& balance) {
    if (!state_->text) return;
    Balance shown = balance;
    shown.items = state_->counted(balance.items);
    put(state_->text->ended(shown, now(), state_->columns()));
}

}  // namespace cohort

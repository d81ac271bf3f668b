// Waiting for one who writes, or reads, with an ear for the wish to stop.
//
// read and write wait as long as it takes: for a writer that is silent, for a reader that does not read. A
// signal does not end that for sure, since it may come a moment before, or to another thread or another rank.
// So what may have to wait does so here: in poll, a few milliseconds at a time, and it looks in between
// whether this process, or the call that its team is in, is to end. What is to be written then still is, as
// far as room is made for it within 20 ms.
#pragma once

#include <cohort/plan/error.hpp>
#include <cohort/team/team.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cohort {

// What one who waits listens to. Every member is local.
class Ear {
  public:
    // Hears the signals to this process.
    Ear() = default;
    // Hears on the root, too, what ends the call that the team is in: a failure, or a signal to any rank that
    // has not come to the end of the call; from other nodes where MPI takes threads. The team must outlive
    // the waits. `meanwhile` is called every few milliseconds of a wait for input.
    explicit Ear(const Team& team, std::function<void()> meanwhile = {})
        : core_(&team.core()), meanwhile_(std::move(meanwhile)) {}

    [[nodiscard]] bool told_to_stop() const noexcept;
    // The same, but true only 20 ms after it was first found to be so, and from then on.
    [[nodiscard]] bool out_of_patience() noexcept;
    // Takes it that it was told to.
    void tell_to_stop() noexcept { told_ = std::chrono::steady_clock::now(); }
    void meanwhile() const {
        if (meanwhile_) meanwhile_();
    }

  private:
    const detail::TeamCore* core_ = nullptr;
    std::function<void()> meanwhile_;
    std::optional<std::chrono::steady_clock::time_point> told_;
};

// Local. As open(2) to read, but does not wait for one who opens a pipe to write.
[[nodiscard]] int open_to_read(const std::string& path) noexcept;

// Local. As read(2), but throws Interrupted once it is told to stop.
[[nodiscard]] std::ptrdiff_t read_some(int descriptor, std::span<char> buffer, const Ear& ear);

// Local. Writes what there is room for now, and returns how much; -1 as write(2). Lines of less than 4 KiB go
// into a pipe whole.
[[nodiscard]] std::ptrdiff_t write_some(int descriptor, std::string_view text) noexcept;
// Local. Writes all, as room is made for it. False with the reason in errno if it cannot; the wish to stop is EINTR.
[[nodiscard]] bool write_all(int descriptor, std::string_view text, Ear& ear) noexcept;

// Local. The same to standard output. Throw StoreError, and print() Interrupted if it was told to stop.
[[nodiscard]] std::size_t print_some(std::string_view text);
void print(std::string_view text, Ear& ear);

// Local. Writes the text to standard error. If that cannot be, nobody is left to be told.
void say(std::string_view text) noexcept;

// Collective. Runs `body` on the root, which may wait there with an Ear for the team; the other ranks listen
// meanwhile. It is a call: what `body` throws is thrown on every rank, and so is Interrupted after a signal
// to any.
void on_root_listening(Team& team, const std::function<void()>& body);

// Local. Within a call: what `read` returns, or nothing once that is told to stop, since the call then ends
// by itself.
template <typename Read>
auto unless_interrupted(const Read& read) -> decltype(read()) {
    try {
        return read();
    } catch (const Interrupted&) {
        return decltype(read())();
    }
}

}  // namespace cohort

// What can go wrong, as types.
//
// A program decides what to do by the type and tells its user by the text, which always has the same form:
// what is wrong (why it matters); what to do. The exit status belongs to the type, so every program ends
// alike.
#pragma once

#include <cohort/plan/index.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace cohort {

namespace exit_status {
inline constexpr int ok = 0;
inline constexpr int usage = 2;          // the caller asked for something that cannot be
inline constexpr int task = 70;          // a task, or cohort itself, failed
inline constexpr int store = 74;         // a file could not be read or written
inline constexpr int try_again = 75;     // interrupted with everything kept; the same command goes on
inline constexpr int interrupted = 130;  // Ctrl-C
}  // namespace exit_status

enum class ErrorKind : std::uint32_t { none, usage, task, store, interrupted, fault };

// "usage", "task", "store", "interrupted" or "fault", as in the JSON that a failing program prints.
[[nodiscard]] std::string_view name(ErrorKind kind) noexcept;

class Error : public std::runtime_error {
  public:
    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
    [[nodiscard]] virtual int exit_status() const noexcept = 0;

  protected:
    Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  private:
    ErrorKind kind_;
};

// "wrong (why); remedy"; an empty why or remedy is left out with its punctuation.
[[nodiscard]] std::string error_text(std::string_view wrong, std::string_view why, std::string_view remedy);

// The caller asked for something that cannot be: a bad option, a count below zero, a nested call.
class UsageError : public Error {
  public:
    explicit UsageError(const std::string& message) : Error(ErrorKind::usage, message) {}
    UsageError(std::string_view wrong, std::string_view why, std::string_view remedy)
        : UsageError(error_text(wrong, why, remedy)) {}
    [[nodiscard]] int exit_status() const noexcept override { return exit_status::usage; }
};

// A file could not be read or written.
class StoreError : public Error {
  public:
    explicit StoreError(const std::string& message) : Error(ErrorKind::store, message) {}
    StoreError(std::string_view wrong, std::string_view why, std::string_view remedy)
        : StoreError(error_text(wrong, why, remedy)) {}
    [[nodiscard]] int exit_status() const noexcept override { return exit_status::store; }
};

// cohort, or a library below it, did not do what it promises.
class Fault : public Error {
  public:
    explicit Fault(const std::string& message) : Error(ErrorKind::fault, message) {}
    [[nodiscard]] int exit_status() const noexcept override { return exit_status::task; }
};

// A signal, or the end of the walltime, stopped the run.
class Interrupted : public Error {
  public:
    Interrupted(int signal, const std::string& message)
        : Error(ErrorKind::interrupted, message), signal_(signal) {}
    [[nodiscard]] int signal() const noexcept { return signal_; }
    // 130 for Ctrl-C, 75 for every other signal.
    [[nodiscard]] int exit_status() const noexcept override;

  private:
    int signal_;
};

// The user's function threw. The same error is thrown on every rank; on the rank where it happened the
// original exception is nested in it (std::rethrow_if_nested).
class TaskError : public Error {
  public:
    struct Where {
        Index item = no_index;  // no_index: not in a task, but in a source, a sink or a callback
        int rank = 0;
        std::string host;
        std::string type;  // of the original exception, as C++ spells it
        int attempts = 1;  // that failed, the last of them here
    };

    TaskError(Where where, const std::string& message)
        : Error(ErrorKind::task, message), where_(std::move(where)) {}

    [[nodiscard]] Index item() const noexcept { return where_.item; }
    [[nodiscard]] int rank() const noexcept { return where_.rank; }
    [[nodiscard]] const std::string& host() const noexcept { return where_.host; }
    [[nodiscard]] const std::string& type() const noexcept { return where_.type; }
    [[nodiscard]] int attempts() const noexcept { return where_.attempts; }
    [[nodiscard]] int exit_status() const noexcept override { return exit_status::task; }

  private:
    Where where_;
};

}  // namespace cohort

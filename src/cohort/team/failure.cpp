#include <cohort/team/failure.hpp>

#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <memory>
#include <string>

namespace cohort::detail {
namespace {

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status),
                                                      std::free);
    return status == 0 ? text.get() : name;
}

std::string task_text(const Failure& failure, std::uint64_t finished) {
    const std::string what = failure.item == no_index ? "a callback" : fmt::format("item {}", failure.item);
    const std::string tried =
        failure.attempts > 1 ? fmt::format("it was tried {} times, and ", failure.attempts) : "";
    return fmt::format("{} failed on rank {} ({}): {} ({}{} items had finished)", what, failure.rank,
                       failure.host.data(), failure.message.data(), tried, finished);
}

template <typename E>
[[noreturn]] void throw_with(const std::exception_ptr& original, E error) {
    if (original == nullptr) {
        throw error;
    }
    try {
        std::rethrow_exception(original);
    } catch (...) {
        std::throw_with_nested(std::move(error));
    }
}

}  // namespace

Failure describe(const std::exception_ptr& exception, Index item, int rank, std::string_view host,
                 int attempts) {
    Failure failure;
    failure.attempts = attempts;
    failure.rank = rank;
    failure.item = item;
    assign(failure.host, host);
    try {
        std::rethrow_exception(exception);
    } catch (const Error& error) {
        failure.kind = error.kind();
        if (const auto* interrupt = dynamic_cast<const Interrupted*>(&error)) {
            failure.signal = interrupt->signal();
        }
        assign(failure.type, demangled(typeid(error).name()));
        assign(failure.message, error.what());
    } catch (const std::exception& error) {
        failure.kind = ErrorKind::task;
        assign(failure.type, demangled(typeid(error).name()));
        assign(failure.message, error.what());
    } catch (...) {
        failure.kind = ErrorKind::task;
        const std::type_info* type = abi::__cxa_current_exception_type();
        const std::string name = type != nullptr ? demangled(type->name()) : "unknown";
        assign(failure.type, name);
        assign(failure.message, "an exception of type " + name);
    }
    if (failure.message.front() == '\0') {
        assign(failure.message, "an exception of type " + std::string(failure.type.data()));
    }
    return failure;
}

Failure describe_interrupt(int signal, int rank, std::string_view host) {
    Failure failure;
    failure.kind = ErrorKind::interrupted;
    failure.rank = rank;
    failure.signal = signal;
    assign(failure.host, host);
    const std::string name = signal == SIGINT ? "Ctrl-C" : fmt::format("SIG{}", ::sigabbrev_np(signal));
    assign(failure.message,
           error_text("interrupted by " + name, "the work was not finished", "run it again"));
    return failure;
}

void raise(const Failure& failure, const std::exception_ptr& original, std::uint64_t finished) {
    const std::string message = failure.message.data();
    switch (failure.kind) {
        case ErrorKind::usage: throw_with(original, UsageError(message));
        case ErrorKind::store: throw_with(original, StoreError(message));
        case ErrorKind::fault: throw_with(original, Fault(message));
        case ErrorKind::interrupted: throw_with(original, Interrupted(failure.signal, message));
        case ErrorKind::none:
        case ErrorKind::task: break;
    }
    TaskError::Where where{failure.item, failure.rank, failure.host.data(), failure.type.data(),
                           failure.attempts};
    // An error that already crossed a team keeps its own words.
    const bool again = where.type == demangled(typeid(TaskError).name());
    throw_with(original, TaskError(std::move(where), again ? message : task_text(failure, finished)));
}

}  // namespace cohort::detail

#include <cohort/run/part_call.hpp>

#include <cohort/run/failures.hpp>
#include <cohort/run/parts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace cohort::detail {
namespace {

std::exception_ptr nested_in(const Error& error) {
    try {
        std::rethrow_if_nested(error);
    } catch (...) {
        return std::current_exception();
    }
    return nullptr;
}

// The error of a call inside a task says which of its own items failed where; this says of which task.
void name_task(Failure& failure) {
    if (std::string_view(failure.type.data()) != "cohort::TaskError" || failure.item == no_index) {
        return;
    }
    const std::string text = fmt::format("item {} failed on rank {} ({}): {}", failure.item, failure.rank,
                                         failure.host.data(), failure.message.data());
    failure.message.fill('\0');
    std::copy_n(text.begin(), std::min(text.size(), failure.message.size() - 1), failure.message.begin());
}

}  // namespace

PartCall::PartCall(Parts& parts, const char* what, const Options& options)
    : team_(parts.team()),
      part_(parts.part()),
      firsts_(parts.firsts()),
      line_(parts.line()),
      ranks_(parts.ranks()),
      what_(what),
      use_(team_.core(), what),
      report_(options.report),
      options_(options) {
    options_.report = &balance_;
    if (options_.collect != nullptr) {
        options_.collect->clear();
    }
}

void PartCall::send(const Item& item, const Bytes& bytes) {
    Bytes message;
    pack(message, Kind::item);
    pack(message, item);
    append(message, bytes.data(), bytes.size());
    broadcast(line_->core(), message, 0);
}

std::optional<PartCall::Item> PartCall::receive(Bytes& bytes) {
    Bytes message;
    broadcast(line_->core(), message, 0);
    Reader reader(message);
    const auto rest = [&] {
        const auto left = reader.take(reader.left());
        bytes.assign(left.begin(), left.end());
    };
    switch (unpack<Kind>(reader)) {
        case Kind::item: {
            const Item item = unpack<Item>(reader);
            rest();
            return item;
        }
        case Kind::end: {
            balance_ = unpack<Balance>(reader);
            report();
            for (auto failures = unpack<std::uint64_t>(reader); failures > 0; --failures) {
                options_.collect->push_back(unpack_failure(reader));
            }
            rest();
            return std::nullopt;
        }
        case Kind::failed: break;
    }
    balance_ = unpack<Balance>(reader);
    raise_on_all(unpack<Failure>(reader));
}

void PartCall::settle(Index item, Outcome outcome) {
    thrown_.erase(item);
    if (!outcome.failed()) {
        return;
    }
    if (options_.collect != nullptr) {
        thrown_.clear();
    }
    last_ = item;
    auto& [failure, original] = thrown_[item];
    failure = outcome.verdict.failure;
    original = std::move(outcome.original);
    failure.rank = ranks_.at(static_cast<std::size_t>(failure.rank));
    if (!part_.is_root()) {
        return;
    }
    if (original != nullptr) {
        std::rethrow_exception(original);
    }
    if (failure.kind != ErrorKind::task) {
        raise(failure, nullptr, 0);
    }
    throw TaskError(
        {failure.item, failure.rank, failure.host.data(), failure.type.data()},
        fmt::format("rank {} ({}): {}", failure.rank, failure.host.data(), failure.message.data()));
}

void PartCall::report() {
    if (report_ != nullptr) {
        *report_ = balance_;
    }
}

void PartCall::end(const Bytes& result) {
    report();
    if (!alone()) {
        Bytes message;
        pack(message, Kind::end);
        pack(message, balance_);
        const auto failures = options_.collect != nullptr ? std::span(std::as_const(*options_.collect))
                                                          : std::span<const TaskFailure>();
        pack(message, static_cast<std::uint64_t>(failures.size()));
        for (const TaskFailure& failure : failures) {
            pack_failure(message, failure);
        }
        append(message, result.data(), result.size());
        broadcast(line_->core(), message, 0);
    }
}

// In the handler of `error`, what the first ranks' call failed with, on the rank that has what is `nested` in it.
Failure PartCall::failure_behind(const Error& error, const std::exception_ptr& nested) {
    if (nested == nullptr) {
        return describe(std::current_exception(), no_index, team_.rank(), team_.host());
    }
    // What is no TaskError names no item: if it is of a task, then of the last.
    const auto* task = dynamic_cast<const TaskError*>(&error);
    auto thrown = thrown_.find(task != nullptr ? task->item() : last_);
    if (thrown == thrown_.end() || thrown->second.failure.kind != error.kind()) {
        // Not of a task that several ranks ran.
        const Index item = task != nullptr ? task->item() : no_index;
        thrown =
            thrown_.insert_or_assign(item, Thrown{describe(nested, item, team_.rank(), team_.host()), nested})
                .first;
    }
    Failure failure = thrown->second.failure;
    name_task(failure);
    if (task != nullptr) {
        failure.attempts = task->attempts();
    }
    return failure;
}

void PartCall::end_failed(const Error& error) {
    // What failed is nested in the error on the rank whose it is; an interrupt is nobody's.
    const std::exception_ptr nested = nested_in(error);
    const int owner = lowest_rank(firsts_.core(), nested != nullptr) % firsts_.size();
    Bytes message;
    if (owner == firsts_.rank()) {
        message = packed(failure_behind(error, nested));
    }
    broadcast(firsts_.core(), message, owner);
    const auto failure = unpacked<Failure>(message);
    if (!alone()) {
        Bytes end;
        pack(end, Kind::failed);
        pack(end, balance_);
        append(end, message.data(), message.size());
        broadcast(line_->core(), end, 0);
    }
    raise_on_all(failure);
}

void PartCall::raise_on_all(const Failure& failure) {
    report();
    const auto thrown = thrown_.find(failure.item);
    const bool mine = failure.rank == team_.rank() && thrown != thrown_.end();
    raise(failure, mine ? thrown->second.original : nullptr, balance_.items);
}

}  // namespace cohort::detail

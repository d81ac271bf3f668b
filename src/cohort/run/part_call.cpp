#include <cohort/run/part_call.hpp>

#include <cohort/run/parts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

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
            rest();
            return std::nullopt;
        }
        case Kind::failed: break;
    }
    balance_ = unpack<Balance>(reader);
    raise_on_all(unpack<Failure>(reader));
}

void PartCall::settle(Outcome outcome) {
    const bool failed =
        outcome.verdict.kind == Verdict::Kind::failure || outcome.verdict.kind == Verdict::Kind::interrupted;
    failure_ = failed ? outcome.verdict.failure : Failure{};
    original_ = std::move(outcome.original);
    if (!failed) {
        return;
    }
    failure_.rank = ranks_.at(static_cast<std::size_t>(failure_.rank));
    if (!part_.is_root()) {
        return;
    }
    if (original_ != nullptr) {
        std::rethrow_exception(original_);
    }
    if (failure_.kind != ErrorKind::task) {
        raise(failure_, nullptr, 0);
    }
    throw TaskError(
        {failure_.item, failure_.rank, failure_.host.data(), failure_.type.data()},
        fmt::format("rank {} ({}): {}", failure_.rank, failure_.host.data(), failure_.message.data()));
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
        append(message, result.data(), result.size());
        broadcast(line_->core(), message, 0);
    }
}

void PartCall::end_failed(const Error& error) {
    // What failed is nested in the error on the rank whose it is; an interrupt is nobody's.
    const std::exception_ptr nested = nested_in(error);
    const int owner = lowest_rank(firsts_.core(), nested != nullptr) % firsts_.size();
    Bytes message;
    if (owner == firsts_.rank()) {
        if (nested != nullptr && !failure_.any()) {
            // Not of a task that several ranks ran.
            const auto* task = dynamic_cast<const TaskError*>(&error);
            failure_ =
                describe(nested, task != nullptr ? task->item() : no_index, team_.rank(), team_.host());
            original_ = nested;
        }
        Failure failure = nested != nullptr
                              ? failure_
                              : describe(std::current_exception(), no_index, team_.rank(), team_.host());
        name_task(failure);
        message = packed(failure);
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
    const bool mine = failure.rank == team_.rank() && original_ != nullptr;
    raise(failure, mine ? original_ : nullptr, balance_.items);
}

}  // namespace cohort::detail

// Results on their way to the root.
#pragma once

#include <cohort/run/codec.hpp>
#include <cohort/run/sink.hpp>
#include <cohort/run/stream.hpp>
#include <cohort/team/pulse.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace cohort::detail {

// Stands for the results of tasks that have none.
struct Nothing {};

// Packs the results of a rank other than the root in blocks, and sends a block when it is full or late. Runs of
// consecutive items share one index.
template <typename R>
class ResultWriter {
  public:
    explicit ResultWriter(Stream& stream) : stream_(stream) {}

    void add(std::uint64_t item, R&& result) {
        if constexpr (Contiguous<R>) {
            if (result.size() * sizeof(typename R::value_type) >= large) {
                send_alone(item, std::move(result));
                return;
            }
        }
        if (run_at_ == none || item != first_ + count_) {
            close_run();
            run_at_ = block_.size();
            first_ = item;
            count_ = 0;
            append(block_, &first_, sizeof(first_));
            append(block_, &count_, sizeof(count_));
        }
        ++count_;
        pack<R>(block_, result);
        if (block_.size() >= full) {
            stream_.flush_most();
            send(false);
        }
    }

    // Between chunks: sends what has waited for long.
    void send_if_late() {
        if (!block_.empty() && (late_.due() || stream_.was_helped())) {
            send(false);
        }
        stream_.flush_some();
    }

    void send(bool last) {
        close_run();
        if (!block_.empty() || last) {
            stream_.send(0, {.kind = Frame::Kind::results, .a = last ? 1U : 0U},
                         std::exchange(block_, Bytes{}));
            block_.reserve(full + full / 2);
        }
    }

  private:
    static constexpr std::size_t none = ~std::size_t{0};
    static constexpr std::size_t full = 3072;  // with its header under 4 KiB, unless one result is larger
    // In bytes: copying it would cost more than a block of its own.
    static constexpr std::size_t large = 64 * 1024;

    // A block of one result, sent from the memory it is in. What is before it keeps a block of its own, so that its values
    // arrive aligned.
    void send_alone(std::uint64_t item, R&& result) {
        stream_.flush_most();
        send(false);
        const auto owner = std::make_shared<const R>(std::move(result));
        append(block_, &item, sizeof(item));
        pack(block_, std::uint64_t{1});
        pack(block_, static_cast<std::uint64_t>(owner->size()));
        stream_.send(0, {.kind = Frame::Kind::results}, std::exchange(block_, Bytes{}),
                     {owner, std::as_bytes(std::span(owner->data(), owner->size()))});
        block_.reserve(full + full / 2);
    }

    void close_run() {
        if (run_at_ != none) {
            std::memcpy(block_.data() + run_at_ + sizeof(first_), &count_, sizeof(count_));
            run_at_ = none;
        }
    }

    Stream& stream_;
    Bytes block_;
    std::size_t run_at_ = none;
    std::uint64_t first_ = 0;
    std::uint64_t count_ = 0;
    Pulse late_{std::chrono::microseconds(500)};
};

// Collects runs of consecutive results for a sink.
template <typename R>
class SinkWriter {
  public:
    explicit SinkWriter(Sink<R>& sink) : sink_(sink) {}

    void add(std::uint64_t item, R&& result) {
        if (item != first_ + run_.size() || run_.size() == most) {
            write();
            first_ = item;
        }
        run_.push_back(std::move(result));
    }
    void write() {
        if (!run_.empty()) {
            sink_.write(first_, std::span<const R>(run_));
            run_.clear();
        }
    }

  private:
    static constexpr std::size_t most = std::max<std::size_t>((1 << 20) / sizeof(R), 1);

    Sink<R>& sink_;
    std::uint64_t first_ = no_index;
    std::vector<R> run_;
};

// Calls take(item, result) for each result of a block.
template <typename R, typename Take>
void read_results(std::span<const std::byte> block, Take& take) {
    Reader reader(block);
    while (!reader.empty()) {
        const auto first = unpack<std::uint64_t>(reader);
        const auto count = unpack<std::uint64_t>(reader);
        for (std::uint64_t i = 0; i < count; ++i) {
            take(first + i, unpack<R>(reader));
        }
    }
}

}  // namespace cohort::detail

// Runs of items that the root has packed ahead of the asks for them.
//
// While the root is inside a long task of its own it can answer no ask, and its helper may not call the user's code that
// makes items or packs them. So before a long task the root puts some runs aside, as bytes, and the helper hands those out.
// The root takes what is left of them before it takes anything new from the input.
#pragma once

#include <cohort/run/stream.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace cohort::detail {

struct Parcel {
    std::uint64_t first = 0;  // item
    std::uint64_t items = 0;
    Bytes payload;
};

// Every member is local, and may be called while the helper answers.
class Reserve {
  public:
    // Units of `size` items, as the call's horizon counts them. The stream must outlive the reserve.
    Reserve(Call& call, Stream& stream, std::uint64_t size);
    Reserve(const Reserve&) = delete;
    Reserve& operator=(const Reserve&) = delete;
    ~Reserve();

    // True if another parcel is wanted: some for each of the other ranks, and not too many bytes.
    [[nodiscard]] bool wants_more() const;
    void put(Parcel parcel);
    // The first parcel, if it still matters.
    [[nodiscard]] std::optional<Parcel> take();
    [[nodiscard]] bool empty() const;
    // The asks that were answered in the background since the last time.
    [[nodiscard]] std::vector<Frame::Header> answered();

  private:
    [[nodiscard]] std::optional<Parcel> pop();

    Call& call_;
    Stream& stream_;
    std::uint64_t size_;
    std::deque<Parcel> parcels_;
    std::size_t bytes_ = 0;
    std::vector<Frame::Header> answered_;
};

}  // namespace cohort::detail

#include <cohort/run/reserve.hpp>

#include <mutex>
#include <utility>

namespace cohort::detail {
namespace {

constexpr std::size_t parcels_per_rank = 4;
constexpr std::size_t most_bytes = 1024 * 1024;

}  // namespace

Reserve::Reserve(Call& call, Stream& stream, std::uint64_t size) : call_(call), stream_(stream), size_(size) {
    stream_.answer_asks_in_background_with([this](int peer, const Frame::Header& ask) {
        std::optional<Parcel> parcel = pop();
        if (parcel) {
            stream_.send_locked(peer, {.kind = Frame::Kind::items, .a = parcel->first, .b = parcel->items},
                                std::move(parcel->payload));
            answered_.push_back(ask);
        }
        return parcel.has_value();
    });
}

Reserve::~Reserve() { stream_.answer_asks_in_background_with(nullptr); }

bool Reserve::wants_more() const {
    const std::lock_guard lock(call_.team().messages());
    return parcels_.size() < parcels_per_rank * static_cast<std::size_t>(call_.team().size() - 1) &&
           bytes_ < most_bytes;
}

void Reserve::put(Parcel parcel) {
    const std::lock_guard lock(call_.team().messages());
    bytes_ += parcel.payload.size();
    parcels_.push_back(std::move(parcel));
}

// The caller has the team's messages().
std::optional<Parcel> Reserve::pop() {
    if (parcels_.empty() || call_.is_beyond(parcels_.front().first / size_)) {
        return std::nullopt;
    }
    Parcel parcel = std::move(parcels_.front());
    parcels_.pop_front();
    bytes_ -= parcel.payload.size();
    return parcel;
}

std::optional<Parcel> Reserve::take() {
    const std::lock_guard lock(call_.team().messages());
    return pop();
}

bool Reserve::empty() const {
    const std::lock_guard lock(call_.team().messages());
    return parcels_.empty() || call_.is_beyond(parcels_.front().first / size_);
}

std::vector<Frame::Header> Reserve::answered() {
    const std::lock_guard lock(call_.team().messages());
    return std::exchange(answered_, {});
}

}  // namespace cohort::detail

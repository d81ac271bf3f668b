#include <primes/gaps.hpp>

#include <cstring>

namespace cohort::primes {

namespace {

constexpr std::uint8_t whole = 0;  // before a prime of 8 bytes

}  // namespace

void GapList::add(std::span<const std::uint64_t> primes) {
    for (const std::uint64_t prime : primes) {
        const std::uint64_t gap = prime - last_added_;
        last_added_ = prime;
        if (gap % 2 == 0 && gap > 0 && gap < 512) {
            bytes_.push_back(static_cast<std::uint8_t>(gap / 2));
        } else {
            bytes_.push_back(whole);
            const auto* raw = reinterpret_cast<const std::uint8_t*>(&prime);
            bytes_.insert(bytes_.end(), raw, raw + sizeof(prime));
        }
    }
}

std::size_t GapList::read(std::span<std::uint64_t> block) {
    std::size_t count = 0;
    for (; count < block.size() && read_bytes_ < bytes_.size(); ++count) {
        const std::uint8_t half_gap = bytes_[read_bytes_++];
        if (half_gap == whole) {
            std::memcpy(&last_read_, &bytes_[read_bytes_], sizeof(last_read_));
            read_bytes_ += sizeof(last_read_);
        } else {
            last_read_ += std::uint64_t{2} * half_gap;
        }
        block[count] = last_read_;
    }
    return count;
}

}  // namespace cohort::primes

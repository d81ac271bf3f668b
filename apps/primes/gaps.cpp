#include <primes/gaps.hpp>

#include <array>
#include <bit>
#include <cstring>

namespace cohort::primes {

namespace {

constexpr std::uint8_t whole = 0;  // before a prime of 8 bytes
constexpr std::size_t together = 8;

// Half of what is even, far above 255 where it is odd.
std::uint64_t half(std::uint64_t gap) noexcept { return std::rotr(gap, 1); }
bool fits(std::uint64_t half_gap) noexcept { return half_gap - 1 < 255; }

bool has_a_zero(std::uint64_t bytes) noexcept {
    return ((bytes - 0x0101010101010101U) & ~bytes & 0x8080808080808080U) != 0;
}

}  // namespace

void GapList::add_one(std::uint64_t prime) {
    const std::uint64_t half_gap = half(prime - last_added_);
    last_added_ = prime;
    if (fits(half_gap)) {
        bytes_.push_back(static_cast<std::uint8_t>(half_gap));
    } else {
        bytes_.push_back(whole);
        const auto* raw = reinterpret_cast<const std::uint8_t*>(&prime);
        bytes_.insert(bytes_.end(), raw, raw + sizeof(prime));
    }
}

void GapList::add(std::span<const std::uint64_t> primes) {
    for (; primes.size() >= together; primes = primes.subspan(together)) {
        std::array<std::uint8_t, together> gaps{};
        std::uint64_t before = last_added_;
        bool all_fit = true;
        for (std::size_t i = 0; i < together; ++i) {
            const std::uint64_t half_gap = half(primes[i] - before);
            before = primes[i];
            all_fit &= fits(half_gap);
            gaps[i] = static_cast<std::uint8_t>(half_gap);
        }
        if (all_fit) {
            bytes_.insert(bytes_.end(), gaps.begin(), gaps.end());
            last_added_ = before;
        } else {
            for (std::size_t i = 0; i < together; ++i) add_one(primes[i]);
        }
    }
    for (const std::uint64_t prime : primes) add_one(prime);
}

std::size_t GapList::read(std::span<std::uint64_t> block) {
    std::size_t count = 0;
    while (count < block.size() && read_bytes_ < bytes_.size()) {
        if (count + together <= block.size() && read_bytes_ + together <= bytes_.size()) {
            std::array<std::uint8_t, together> gaps{};
            std::memcpy(gaps.data(), &bytes_[read_bytes_], gaps.size());
            if (!has_a_zero(std::bit_cast<std::uint64_t>(gaps))) {
                std::uint64_t prime = last_read_;
                for (std::size_t i = 0; i < together; ++i) {
                    prime += std::uint64_t{2} * gaps[i];
                    block[count + i] = prime;
                }
                last_read_ = prime;
                read_bytes_ += together;
                count += together;
                continue;
            }
        }
        const std::uint8_t half_gap = bytes_[read_bytes_++];
        if (half_gap == whole) {
            std::memcpy(&last_read_, &bytes_[read_bytes_], sizeof(last_read_));
            read_bytes_ += sizeof(last_read_);
        } else {
            last_read_ += std::uint64_t{2} * half_gap;
        }
        block[count++] = last_read_;
    }
    return count;
}

}  // namespace cohort::primes

#include <primes/lines.hpp>

#include <charconv>
#include <cstring>

namespace cohort::primes {

namespace {

constexpr std::uint64_t split = 10'000;

// "000102...99".
constexpr std::array<char, 200> pairs = [] {
    std::array<char, 200> digits{};
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const std::size_t number = i / 2;
        digits[i] = static_cast<char>('0' + (i % 2 == 0 ? number / 10 : number % 10));
    }
    return digits;
}();

}  // namespace

void Lines::append(std::string& text, std::span<const std::uint64_t> numbers) {
    // The whole of digits_ is copied, so up to their size beyond what is used.
    const std::size_t before = text.size();
    text.resize(before + numbers.size() * (longest + 1) + digits_.size());
    char* at = text.data() + before;
    for (const std::uint64_t number : numbers) {
        const std::uint64_t high = number / split;
        const auto low = static_cast<unsigned>(number % split);
        if (high == 0) {
            at = std::to_chars(at, at + longest, low).ptr;
        } else {
            if (high != high_) {
                high_ = high;
                length_ = static_cast<std::size_t>(
                    std::to_chars(digits_.data(), digits_.data() + digits_.size(), high).ptr -
                    digits_.data());
            }
            std::memcpy(at, digits_.data(), digits_.size());
            at += length_;
            std::memcpy(at, &pairs[std::size_t{2} * (low / 100)], 2);
            std::memcpy(at + 2, &pairs[std::size_t{2} * (low % 100)], 2);
            at += 4;
        }
        *at++ = '\n';
    }
    text.resize(static_cast<std::size_t>(at - text.data()));
}

}  // namespace cohort::primes

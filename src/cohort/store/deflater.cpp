#include <cohort/store/deflater.hpp>

#include <libdeflate.h>

#include <new>

namespace cohort::detail {
namespace {

// Byte by byte of the result, so that the compiler gathers it from whole vectors of the input.
template <std::size_t Bytes>
void shuffle(std::span<const std::byte> from, std::byte* to) {
    const std::size_t numbers = from.size() / Bytes;
    for (std::size_t byte = 0; byte < Bytes; ++byte)
        for (std::size_t i = 0; i < numbers; ++i) *to++ = from[i * Bytes + byte];
}

}  // namespace

void Deflater::Free::operator()(libdeflate_compressor* compressor) const noexcept {
    libdeflate_free_compressor(compressor);
}

Deflater::Deflater(int level, bool shuffle, std::size_t number_bytes)
    : shuffle_(shuffle && number_bytes > 1),
      number_bytes_(number_bytes),
      compressor_(libdeflate_alloc_compressor(level)) {
    if (!compressor_) throw std::bad_alloc();
}

Deflater::Result Deflater::compress(std::span<const std::byte> numbers) {
    std::span<const std::byte> input = numbers;
    if (shuffle_) {
        shuffled_.resize(numbers.size());
        switch (number_bytes_) {
            case 2: shuffle<2>(numbers, shuffled_.data()); break;
            case 4: shuffle<4>(numbers, shuffled_.data()); break;
            default: shuffle<8>(numbers, shuffled_.data()); break;
        }
        input = shuffled_;
    }
    compressed_.resize(numbers.size());
    const std::size_t bytes = libdeflate_zlib_compress(compressor_.get(), input.data(), input.size(),
                                                       compressed_.data(), compressed_.size());
    if (bytes == 0) return {numbers, shuffle_ ? 0b11U : 0b1U};
    return {std::span(compressed_).first(bytes)};
}

}  // namespace cohort::detail

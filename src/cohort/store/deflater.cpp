#include <cohort/store/deflater.hpp>
#include <cohort/store/shuffle.hpp>

#include <libdeflate.h>

#include <new>

namespace cohort::detail {

void Deflater::Free::operator()(libdeflate_compressor* compressor) const noexcept {
    libdeflate_free_compressor(compressor);
}

Deflater::Deflater(int level, bool shuffle, std::size_t number_bytes)
    : shuffle_(shuffle && number_bytes > 1), number_bytes_(number_bytes) {
    if (level == 1 && FastDeflater::is_there()) {
        fast_.emplace();
        return;
    }
    compressor_.reset(libdeflate_alloc_compressor(level));
    if (!compressor_) throw std::bad_alloc();
}

std::size_t Deflater::deflate(std::span<const std::byte> input) {
    if (fast_) return fast_->deflate(input, shuffle_ ? number_bytes_ : 1, compressed_);
    return libdeflate_zlib_compress(compressor_.get(), input.data(), input.size(), compressed_.data(),
                                    compressed_.size());
}

Deflater::Result Deflater::compress(std::span<const std::byte> numbers) {
    std::span<const std::byte> input = numbers;
    if (shuffle_) {
        shuffled_.resize(numbers.size());
        shuffle(numbers, number_bytes_, shuffled_);
        input = shuffled_;
    }
    compressed_.resize(numbers.size());
    const std::size_t bytes = deflate(input);
    if (bytes == 0) return {numbers, shuffle_ ? 0b11U : 0b1U};
    return {std::span(compressed_).first(bytes)};
}

}  // namespace cohort::detail

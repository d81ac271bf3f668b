#include <cohort/store/deflater.hpp>
#include <cohort/store/shuffle.hpp>

#include <libdeflate.h>

#include <new>

#ifdef COHORT_HAS_ISAL
#include <isa-l/igzip_lib.h>
#else
struct isal_zstream {};
#endif

namespace cohort::detail {
namespace {

#ifdef COHORT_HAS_ISAL
constexpr int isal_level = 1;
constexpr std::size_t isal_working_bytes = ISAL_DEF_LVL1_DEFAULT;

// The bytes of the result; 0 where there is no room for it.
std::size_t deflate_by_isal(isal_zstream& stream, std::span<std::uint8_t> working,
                            std::span<const std::byte> from, std::span<std::byte> to) {
    isal_deflate_stateless_init(&stream);
    stream.level = isal_level;
    stream.level_buf = working.data();
    stream.level_buf_size = static_cast<std::uint32_t>(working.size());
    stream.gzip_flag = IGZIP_ZLIB;
    stream.end_of_stream = 1;
    // It only reads that.
    stream.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(from.data()));
    stream.avail_in = static_cast<std::uint32_t>(from.size());
    stream.next_out = reinterpret_cast<std::uint8_t*>(to.data());
    stream.avail_out = static_cast<std::uint32_t>(to.size());
    return isal_deflate_stateless(&stream) == COMP_OK ? stream.total_out : 0;
}
#else
constexpr int isal_level = 0;
constexpr std::size_t isal_working_bytes = 0;

std::size_t deflate_by_isal(isal_zstream&, std::span<std::uint8_t>, std::span<const std::byte>,
                            std::span<std::byte>) {
    return 0;
}
#endif

}  // namespace

void Deflater::Free::operator()(isal_zstream* stream) const noexcept { delete stream; }

void Deflater::Free::operator()(libdeflate_compressor* compressor) const noexcept {
    libdeflate_free_compressor(compressor);
}

Deflater::Deflater(int level, bool shuffle, std::size_t number_bytes)
    : shuffle_(shuffle && number_bytes > 1), number_bytes_(number_bytes) {
    if (level == isal_level) {
        stream_.reset(new isal_zstream);
        working_.resize(isal_working_bytes);
        return;
    }
    compressor_.reset(libdeflate_alloc_compressor(level));
    if (!compressor_) throw std::bad_alloc();
}

std::size_t Deflater::deflate(std::span<const std::byte> input) {
    if (stream_) return deflate_by_isal(*stream_, working_, input, compressed_);
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

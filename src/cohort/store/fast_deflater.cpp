#include <cohort/store/fast_deflater.hpp>

#include <algorithm>
#include <array>

#ifdef COHORT_HAS_ISAL
#include <isa-l/igzip_lib.h>
#else
struct isal_zstream {};
#endif

namespace cohort::detail {

#ifdef COHORT_HAS_ISAL
namespace {

constexpr std::size_t sampled = 4096;

constexpr std::byte low_byte(std::size_t n) noexcept { return static_cast<std::byte>(n & 0xFF); }

// Takes bytes one after the other, until there is no room.
class Output {
  public:
    explicit Output(std::span<std::byte> room) noexcept : room_(room) {}

    void put(std::span<const std::byte> bytes) noexcept {
        fits_ = fits_ && bytes.size() <= free().size();
        if (fits_) std::copy(bytes.begin(), bytes.end(), free().begin());
        put_there(bytes.size());
    }
    // What was written to free() already; 0 where there was no room.
    void put_there(std::size_t bytes) noexcept {
        fits_ = fits_ && bytes > 0;
        if (fits_) size_ += bytes;
    }
    [[nodiscard]] std::span<std::byte> free() const noexcept { return room_.subspan(size_); }
    [[nodiscard]] std::size_t size() const noexcept { return fits_ ? size_ : 0; }

  private:
    std::span<std::byte> room_;
    std::size_t size_ = 0;
    bool fits_ = true;
};

// RFC 1951, 3.2.4, from the beginning of a byte.
void put_stored_block(Output& output, std::span<const std::byte> bytes, bool is_last) noexcept {
    const std::size_t size = bytes.size();
    output.put(std::array{std::byte{is_last}, low_byte(size), low_byte(size >> 8U), low_byte(~size),
                          low_byte(~size >> 8U)});
    if (!bytes.empty()) output.put(bytes);
}

void store(Output& output, std::span<const std::byte> bytes) noexcept {
    constexpr std::size_t most = 65'535;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(most, bytes.size()))) {
        put_stored_block(output, bytes.first(std::min(most, bytes.size())), false);
    }
}

// False if two of the bytes are equal more often than among 64 values that are equally likely; these take 6 bits, so that such
// bytes shrink anyhow. Asked first since to compress a sample takes longer.
bool are_varied(std::span<const std::byte> bytes) noexcept {
    std::array<std::uint32_t, 256> times{};
    for (const std::byte byte : bytes) ++times[std::to_integer<std::size_t>(byte)];
    std::size_t pairs = 0;
    for (const std::size_t n : times) pairs += n * (n - 1);
    return pairs * 64 < bytes.size() * (bytes.size() - 1);
}

}  // namespace

bool FastDeflater::is_there() noexcept { return true; }

FastDeflater::FastDeflater() : stream_(new isal_zstream), working_(ISAL_DEF_LVL1_DEFAULT) {}

// Blocks that end with a byte and refer to nothing before them; returns their size, 0 where there is no room.
std::size_t FastDeflater::deflate_blocks(std::span<const std::byte> from, std::span<std::byte> to) {
    isal_deflate_stateless_init(stream_.get());
    stream_->level = 1;
    stream_->level_buf = working_.data();
    stream_->level_buf_size = static_cast<std::uint32_t>(working_.size());
    stream_->gzip_flag = IGZIP_DEFLATE;
    stream_->flush = FULL_FLUSH;
    stream_->end_of_stream = 0;
    // It only reads that.
    stream_->next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(from.data()));
    stream_->avail_in = static_cast<std::uint32_t>(from.size());
    stream_->next_out = reinterpret_cast<std::uint8_t*>(to.data());
    stream_->avail_out = static_cast<std::uint32_t>(to.size());
    return isal_deflate_stateless(stream_.get()) == COMP_OK ? stream_->total_out : 0;
}

// By a sixth or less.
bool FastDeflater::hardly_shrinks(std::span<const std::byte> part) {
    if (part.size() < 8 * sampled) return false;
    const std::span<const std::byte> sample = part.subspan(part.size() / 2, sampled);
    if (!are_varied(sample.first(sampled / 4))) return false;
    std::array<std::byte, sampled> compressed{};
    const std::size_t bytes = deflate_blocks(sample, compressed);
    return bytes == 0 || bytes > sampled - sampled / 6;
}

std::size_t FastDeflater::deflate(std::span<const std::byte> from, std::size_t parts,
                                  std::span<std::byte> to) {
    Output output(to);
    output.put(
        std::array{std::byte{0x78}, std::byte{0x01}});  // RFC 1950: windows of 32 KB, the fastest level
    const std::size_t size = from.size() / parts;
    std::size_t done = 0;
    const auto deflate_up_to = [&](std::size_t end) {
        if (end > done) output.put_there(deflate_blocks(from.subspan(done, end - done), output.free()));
        done = end;
    };
    for (std::size_t part = 0; part < parts; ++part) {
        const std::span<const std::byte> bytes = from.subspan(part * size, size);
        if (!hardly_shrinks(bytes)) continue;
        deflate_up_to(part * size);
        store(output, bytes);
        done += size;
    }
    deflate_up_to(from.size());
    put_stored_block(output, {}, true);
    const std::uint32_t sum =
        isal_adler32(1, reinterpret_cast<const std::uint8_t*>(from.data()), from.size());
    output.put(std::array{low_byte(sum >> 24U), low_byte(sum >> 16U), low_byte(sum >> 8U), low_byte(sum)});
    return output.size();
}
#else
bool FastDeflater::is_there() noexcept { return false; }
FastDeflater::FastDeflater() = default;
std::size_t FastDeflater::deflate(std::span<const std::byte>, std::size_t, std::span<std::byte>) { return 0; }
#endif

FastDeflater::~FastDeflater() = default;
FastDeflater::FastDeflater(FastDeflater&&) noexcept = default;
FastDeflater& FastDeflater::operator=(FastDeflater&&) noexcept = default;

}  // namespace cohort::detail

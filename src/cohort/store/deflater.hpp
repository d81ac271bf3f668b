// Compression as HDF5's filters shuffle and deflate do it, by libraries that are faster than zlib: at level 1 by ISA-L, where
// it is there, since it is more than three times as fast as libdeflate there and leaves a tenth more bytes; above that by
// libdeflate.
#pragma once

#include <cohort/store/fast_deflater.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

struct libdeflate_compressor;

namespace cohort::detail {

class Deflater {
  public:
    // What HDF5 needs to know of a compressed HDF5 chunk.
    struct Result {
        std::span<const std::byte> bytes;  // until the next call
        std::uint32_t skipped = 0;         // filters left out, as bits by their number in the pipeline
    };

    // `level` from 1 to 12. With `shuffle` the first bytes of all numbers come first, then all second ones; for numbers
    // that differ in a few of their bytes only.
    Deflater(int level, bool shuffle, std::size_t number_bytes);

    // Local. The numbers, compressed; as they are where that would not make them fewer bytes.
    [[nodiscard]] Result compress(std::span<const std::byte> numbers);

  private:
    struct Free {
        void operator()(libdeflate_compressor* compressor) const noexcept;
    };

    [[nodiscard]] std::size_t deflate(std::span<const std::byte> input);

    bool shuffle_;
    std::size_t number_bytes_;
    std::optional<FastDeflater> fast_;  // or else
    std::unique_ptr<libdeflate_compressor, Free> compressor_;
    std::vector<std::byte> shuffled_;
    std::vector<std::byte> compressed_;
};

}  // namespace cohort::detail

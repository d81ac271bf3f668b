// The format of zlib by ISA-L, where it is there, and fast also where little can be gained.
//
// ISA-L passes gigabytes a second of what repeats. A byte of what does not takes it 5 ns, to save an eighth of it or nothing:
// so with the low bytes of primes or of measured values. Parts of which a sample hardly shrinks are therefore stored as they
// are, between those that are compressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct isal_zstream;

namespace cohort::detail {

class FastDeflater {
  public:
    // Local. False if the library was built without ISA-L; then no other call is allowed.
    [[nodiscard]] static bool is_there() noexcept;

    FastDeflater();
    ~FastDeflater();
    FastDeflater(FastDeflater&&) noexcept;
    FastDeflater& operator=(FastDeflater&&) noexcept;

    // Local. Returns how many bytes of `to` it took, 0 if they are too few. `from` is so many parts of equal size.
    [[nodiscard]] std::size_t deflate(std::span<const std::byte> from, std::size_t parts,
                                      std::span<std::byte> to);

  private:
    [[nodiscard]] std::size_t deflate_blocks(std::span<const std::byte> from, std::span<std::byte> to);
    [[nodiscard]] bool hardly_shrinks(std::span<const std::byte> part);

    std::unique_ptr<isal_zstream> stream_;
    std::vector<std::uint8_t> working_;
};

}  // namespace cohort::detail

// The HDF5 chunks of a compressed dataset, as one rank writes them.
//
// How many bytes an HDF5 chunk takes is known once it is compressed, so no place can be given out beforehand. Whoever has
// a whole one compresses it, claims so many bytes at the end of the file and writes them there; when the file is
// completed the root tells HDF5 where they all are. HDF5's own way, collective writes through its filters, would make
// every write wait for all ranks, and its function for compressed chunks would send all bytes through the root.
//
// Numbers that are not a whole HDF5 chunk wait in memory for those next to them, in a few chunks at a time. What must
// make room goes, as it is, into a scratch file, from where one rank or another makes whole HDF5 chunks at the end. So
// it is good to write parts that begin and end with an HDF5 chunk, and none needs to.
#pragma once

#include <cohort/plan/index.hpp>
#include <cohort/store/dataset.hpp>
#include <cohort/store/deflater.hpp>
#include <cohort/store/scratch.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace cohort::detail {

class WrittenFile;

class Compressed {
  public:
    // An HDF5 chunk that is in the file.
    struct Placed {
        std::uint64_t chunk = 0;  // its number
        std::uint64_t place = 0;
        std::uint64_t bytes = 0;
        std::uint64_t skipped = 0;  // filters that it did not go through
    };

    // `file` must outlive it; `number` is that of the dataset among the compressed ones of the file.
    Compressed(WrittenFile& file, std::string name, const Dataset::Shape& shape, std::size_t number);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const Dataset::Shape& shape() const noexcept { return shape_; }

    // Local. As Dataset::write. Throws StoreError. Holds at most four HDF5 chunks in memory, and one compressed.
    void write(Index first, std::uint64_t count, const std::byte* numbers);
    // Local. There are so many items now.
    void grow(std::uint64_t items) noexcept { shape_.items = items; }

    // Local. When all is written: the numbers of the HDF5 chunks of which this rank left parts in the scratch file.
    // Throws StoreError.
    [[nodiscard]] std::vector<std::uint64_t> leave_parts();
    // Local, after every rank's leave_parts(). Compresses one of those. Throws StoreError.
    void join_parts(std::uint64_t chunk);
    // Local. What this rank wrote.
    [[nodiscard]] const std::vector<Placed>& placed() const noexcept { return placed_; }

    // Local. Takes the scratch file away.
    void clean_up() noexcept { scratch_.remove(); }

  private:
    // Items [first, end) of an HDF5 chunk, counted from its beginning.
    struct Part {
        std::uint64_t chunk = 0;
        std::uint64_t first = 0;
        std::uint64_t end = 0;
        std::vector<std::byte> bytes;  // of the whole HDF5 chunk; 0 where nothing is known
    };

    void add(Part piece, const std::byte* numbers);
    void set_aside(const Part& part);
    void put(std::uint64_t chunk, std::span<const std::byte> whole);
    [[nodiscard]] std::uint64_t items_in(std::uint64_t chunk) const noexcept;
    [[nodiscard]] std::size_t chunk_bytes() const noexcept;
    void check(int error) const;

    WrittenFile* file_;
    std::string name_;
    Dataset::Shape shape_;
    Deflater deflater_;
    std::vector<Part> parts_;  // the one used last at the end
    Scratch scratch_;
    std::set<std::uint64_t> in_scratch_;
    std::vector<Placed> placed_;
};

}  // namespace cohort::detail

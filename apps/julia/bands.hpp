// Bands: the runs of whole rows that a picture is computed in.
//
// A band is an item, so its height may depend on the picture but never on the ranks. It is small enough that
// hundreds of them even out over the ranks, the inside being a hundred times dearer than the outside, and that
// none takes long; and large enough that its lanes are full nearly all the time.
//
// Where that saves a sixteenth of the pixels or more, a band has its mirror image with it: rows on the other side of the real
// axis that get their counts from it.
#pragma once

#include <julia/kernel.hpp>

namespace cohort::julia {

class Bands {
  public:
    explicit Bands(const View& view);

    [[nodiscard]] std::uint64_t count() const noexcept;
    // From the top of the picture downwards; mirrored rows of the first band are the lowest.
    [[nodiscard]] Band operator[](Index number) const noexcept;
    // Of a band, at most, and as many mirrored.
    [[nodiscard]] std::uint64_t rows() const noexcept { return size_; }
    // True for bands of rows that lie below all mirrored ones.
    [[nodiscard]] bool is_below_mirrored(Index number) const noexcept { return number >= upper_count(); }

  private:
    [[nodiscard]] std::uint64_t upper_count() const noexcept { return (upper_ + size_ - 1) / size_; }

    std::uint64_t height_;
    std::uint64_t size_;
    std::uint64_t upper_;    // rows from the top that are not mirrored
    std::uint64_t sum_ = 0;  // of the numbers of a row and its image; 0: there are none
};

}  // namespace cohort::julia

// The part of an image that does not depend on the type of its numbers.
#pragma once

#include <cohort/store/number_type.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cohort {

class File;

// Red, green, blue.
using Colour = std::array<std::uint8_t, 3>;

// A dimension scale: its name, a dataset beside the image, and the place of each column or row. No values: no scale.
struct Axis {
    std::string name = {};
    std::vector<double> values = {};
};

struct ImageLayout {
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    std::uint64_t lowest = 0;  // number, shown in the first colour
    std::uint64_t highest = 255;
    std::vector<Colour> palette = {};  // up to 256 colours; none: shown in grey
    Axis x = {};                       // left to right
    Axis y = {};                       // top to bottom
};

}  // namespace cohort

namespace cohort::detail {

class WrittenFile;

class Raster {
  public:
    // Collective.
    [[nodiscard]] static Raster create(File& file, const std::string& name, NumberType type,
                                       const ImageLayout& layout);

    [[nodiscard]] std::uint64_t width() const noexcept { return width_; }
    [[nodiscard]] std::uint64_t height() const noexcept { return height_; }
    // Local.
    void write_rows(std::uint64_t first, const void* numbers, std::uint64_t count);

  private:
    Raster() = default;

    std::shared_ptr<WrittenFile> file_;
    std::string name_;
    std::uint64_t width_ = 0;
    std::uint64_t height_ = 0;
    std::uint64_t row_bytes_ = 0;
    std::uint64_t chunk_rows_ = 1;
    std::vector<std::uint64_t> places_;  // of the HDF5 chunks in the file
};

}  // namespace cohort::detail

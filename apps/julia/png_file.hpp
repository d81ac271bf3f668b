// A PNG picture, written row by row.
//
// Memory is bounded by a row, whatever the picture's size. The file is written beside its final name and
// renamed when it is complete, so under that name there is either the old picture or a whole new one, never
// half. A text chunk says which program made it: such a picture may be replaced, any other only by force.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace cohort::julia {

class PngFile {
  public:
    // Local. Throws StoreError if `path` cannot be written, or if there is something that may not be replaced:
    // without `force`, anything but a finished picture of the same program. Touches nothing.
    static void check_output(const std::string& path, const std::string& program, bool force);

    // Local. Begins a picture of `width` x `height` pixels. Throws StoreError.
    PngFile(const std::string& path, const std::string& program, std::uint32_t width, std::uint32_t height);
    PngFile(const PngFile&) = delete;
    PngFile& operator=(const PngFile&) = delete;
    // Local. Without commit() the picture is given up.
    ~PngFile();

    // Local. The next row from the top: red, green and blue of each pixel. Throws StoreError.
    void write_row(std::span<const std::uint8_t> rgb);
    // Local, after the last row. Completes the picture and gives it its name. Throws StoreError; then nothing
    // is replaced.
    void commit();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cohort::julia

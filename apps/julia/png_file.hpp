// A picture as a PNG file that grows from the top, as the ranks send it.
//
// What takes time is compression, and a PNG is one stream of it. So each rank compresses its band by itself and ends it
// at a whole byte, without ending the stream (a "full flush", as pigz does it); the root writes these pieces one after the
// other. libpng knows no such thing, but writes the chunks that the stream is cut into.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cohort::julia {

// Whole rows of a picture, compressed.
struct PngBand {
    std::uint64_t bytes = 0;     // before
    std::uint32_t checksum = 1;  // of these (Adler-32)
    std::vector<std::uint8_t> deflated;
};

// Local. Compresses rows of `width` pixels, three bytes each.
[[nodiscard]] PngBand png_band(std::span<const std::uint8_t> rgb, std::uint64_t width);

// Local: on the root.
class PngFile {
  public:
    // Throws StoreError if `path` cannot be written, or if what is there is no finished picture of `program` and may
    // not be replaced. Touches nothing.
    static void check_output(const std::string& path, const std::string& program, bool force);

    // Begins a picture, after the same checks. Throws StoreError.
    PngFile(const std::string& path, const std::string& program, bool force, std::uint32_t width,
            std::uint32_t height);
    PngFile(const PngFile&) = delete;
    PngFile& operator=(const PngFile&) = delete;
    // Without commit() the picture is given up.
    ~PngFile();

    // The next rows. Throws StoreError.
    void write(const PngBand& band);
    // Keeps rows, in a file beside the picture that has no name, for write_kept() to write the last of them first. Throw
    // StoreError.
    void keep(const PngBand& band);
    void write_kept();
    // Completes the picture and gives it its name. Throws StoreError.
    void commit();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cohort::julia

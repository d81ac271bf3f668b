// A file beside a file that is being written, for what cannot go there yet: parts of HDF5 chunks whose rest is on another
// rank. All ranks that have some write into it; most files never need it, and then it is never made. Nor is it made once
// the file that it belongs to is gone: nobody would take it away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace cohort::detail {

class Scratch {
  public:
    // The one of that number beside `file`, which is there already.
    Scratch(const std::string& file, std::size_t number)
        : file_(file), path_(file + "." + std::to_string(number)) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { static_cast<void>(close()); }

    // Local. Return 0, or errno: ESTALE if the file beside is gone. What was never written is read as 0. What other nodes
    // wrote is there after they closed theirs, and this one was closed.
    [[nodiscard]] int write(std::uint64_t place, std::span<const std::byte> bytes) noexcept;
    [[nodiscard]] int read(std::uint64_t place, std::span<std::byte> bytes) noexcept;
    [[nodiscard]] int close() noexcept;

    // Local. Takes the file away, where there is one.
    void remove() noexcept;

  private:
    [[nodiscard]] int open() noexcept;
    [[nodiscard]] int make() noexcept;

    std::string file_;
    std::string path_;
    int descriptor_ = -1;
};

}  // namespace cohort::detail

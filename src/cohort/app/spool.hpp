// Text that is kept until it is wanted, however much it is.
//
// In JSON the answers come after figures that are known at the end only, so they have to wait, and nobody
// knows how many there will be. What is more than a few megabytes waits in a file without a name, which is
// gone with the process: in TMPDIR, or else in /var/tmp, since /tmp is memory on many machines.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace cohort {

// Every member is local.
class Spool {
  public:
    Spool() noexcept = default;
    // Keeps about so many bytes in memory.
    explicit Spool(std::size_t memory) noexcept : memory_(memory) {}
    Spool(Spool&& other) noexcept;
    Spool& operator=(Spool&& other) noexcept;
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;
    ~Spool();

    // Throws StoreError.
    void append(std::string_view text);
    [[nodiscard]] bool empty() const noexcept { return held_.empty() && descriptor_ < 0; }
    // Calls take(piece) for all that was appended, in order. Throws StoreError, and what `take` throws.
    void read(const std::function<void(std::string_view)>& take) const;

  private:
    void move_to_file();

    std::size_t memory_ = 16 << 20;
    std::string held_;  // what comes after the file
    int descriptor_ = -1;
    std::string folder_;
};

}  // namespace cohort

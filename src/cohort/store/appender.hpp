// The part of a growing column that does not depend on the type of its numbers.
//
// Numbers wait in memory until they fill an HDF5 chunk. A column that never does is written in one piece, as long as it is,
// when the file is committed: a short table costs a few bytes, not a chunk.
#pragma once

#include <cohort/store/number_type.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cohort {
class File;
}

namespace cohort::detail {

class WrittenFile;

class Appender {
  public:
    // Collective.
    [[nodiscard]] static std::shared_ptr<Appender> create(File& file, const std::string& name,
                                                          NumberType type);

    Appender(WrittenFile& file, std::string name, NumberType type);

    // Local, on the root.
    void append(const void* numbers, std::uint64_t count);
    // Local, on the root, once, when the file is committed: writes what is left.
    void finish();

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  private:
    void write_waiting();

    std::weak_ptr<WrittenFile> file_;
    std::string name_;
    NumberType type_;
    std::uint64_t count_ = 0;    // appended
    std::uint64_t written_ = 0;  // of them, in the file
    std::int64_t dataset_ = -1;  // of HDF5; belongs to the file, which closes it
    std::vector<std::byte> waiting_;
};

}  // namespace cohort::detail

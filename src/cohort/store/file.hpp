// HDF5 files that appear whole or not at all, written by all ranks of a team.
//
//     cohort::File file = cohort::File::create(team, "squares.h5", {.program = "squares"});
//     auto squares = cohort::Column<double>::create(file, "squares", n);
//     cohort::map_into(team, cohort::indices(n), square, squares);
//     file.commit();
//
// The root alone lays the file out through HDF5; the bytes of datasets are written by the ranks that have them, straight
// to the places that HDF5 gave them. HDF5's own way of writing with MPI cannot keep what is promised here: when the disk
// fills up while it closes a file, a rank that fails leaves the others in a barrier, and MPI_Finalize crashes. Here
// every failure stays on the rank where it happens, as an exception, and nothing collective is done while unwinding. The
// folder must be seen by all nodes.
//
// The file is written beside its final name, as .NAME.part, and renamed when it is complete. A finished file of the same
// program is replaced by the next; anything else only if that is forced.
#pragma once

#include <cohort/run/balance.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cohort {

class Team;

namespace detail {
class WrittenFile;
class ReadFile;
}  // namespace detail

// Where a file comes from, which it tells by attributes of its root group: program, version, command_line, seed, ranks,
// hosts, start, wall_time, serial_time, complete.
struct Creation {
    std::string program = {};       // only finished files of the same program are replaced
    std::string version = {};       // of the program
    std::string command_line = {};  // that made the file
    std::uint64_t seed = 1;
    bool force = false;       // replace whatever is there, if it is a file
    std::string option = {};  // by which the user chose the path, such as --output: for messages
};

class File {
  public:
    // Local. Throws UsageError if a file cannot be created at `path`: its folder is not there or not writable, or what
    // is there must not be replaced. `create` does the same; this is for asking before any work, or before MPI.
    static void check(const std::string& path, const Creation& creation);

    // Collective. Begins a file. `path` and `creation` are the root's. Throws UsageError as `check` does, StoreError if
    // there is no room.
    [[nodiscard]] static File create(Team& team, const std::string& path, const Creation& creation);

    // Collective. Opens a file for reading; each rank reads for itself. Throws UsageError if there is no such file,
    // StoreError if it is not one of HDF5.
    [[nodiscard]] static File open(Team& team, const std::string& path);

    File(File&&) noexcept;
    File& operator=(File&&) noexcept;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    // Local. A file that was not committed is removed, and what was at its path stays as it was.
    ~File();

    // Local. Sets an attribute of the root group when the file is committed; what the root gives counts. An attribute
    // can be set again, and so can those of the file's provenance. Throws UsageError if the file is being read.
    void set(const std::string& name, std::string_view value);
    void set(const std::string& name, double value);
    void set(const std::string& name, std::uint64_t value);
    void set(const std::string& name, const char* value) { set(name, std::string_view(value)); }
    // Local. Sets ranks, wall_time, serial_time and efficiency.
    void set(const Balance& balance);

    // Local. An attribute of the root group of a file that is being read; empty if there is none of this name and kind.
    [[nodiscard]] std::optional<std::string> text(const std::string& name) const;
    [[nodiscard]] std::optional<double> real(const std::string& name) const;
    [[nodiscard]] std::optional<std::uint64_t> whole(const std::string& name) const;

    // Collective, when every rank has written its part. Completes the file and gives it its name; columns of it can no
    // longer be written. Throws StoreError, and then the file is not there.
    void commit();

    [[nodiscard]] const std::string& path() const noexcept;

    // Local. For cohort's own layers: what is behind a file that is being written, or read; throws UsageError if it is
    // not.
    [[nodiscard]] const std::shared_ptr<detail::WrittenFile>& written() const;
    [[nodiscard]] const std::shared_ptr<detail::ReadFile>& read() const;

  private:
    File() = default;

    std::shared_ptr<detail::WrittenFile> written_;
    std::shared_ptr<detail::ReadFile> read_;
};

}  // namespace cohort

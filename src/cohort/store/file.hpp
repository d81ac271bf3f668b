// An HDF5 file of a team.
//
//     auto file = cohort::File::create(team, "out.h5", {.program = "cohort-x", .version = "1.0"});
//     cohort::Column<double> ys = cohort::Column<double>::create(file, "ys", n);
//     cohort::map_into(team, cohort::indices(n), f, ys);
//     file.commit();
//
// The file is written beside its final name and renamed when it is complete, so under that name there is either the old
// file or a whole new one, never half. The root alone lays the file out through HDF5; the bytes of datasets are written
// by the ranks that have them, at once and each its own, straight to the places that HDF5 gave them. HDF5's own way of
// writing with MPI cannot keep what is promised here: where one rank cannot write, the others wait for it in a barrier
// while the file is closed, or MPI_Finalize crashes. So every failure stays an exception on the rank where it happens,
// and nothing collective is done while unwinding. All nodes must see the folder.
#pragma once

#include <cohort/team/team.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace cohort {

namespace detail {
class ReadFile;
class WrittenFile;
}  // namespace detail

// What a file says of its making, as attributes of its root group, with ranks, hosts and the time of its start.
struct Provenance {
    std::string program = {};
    std::string version = {};
    std::string command_line = {};
    std::uint64_t seed = 1;
};

class File {
  public:
    // Collective. Throws StoreError on every rank if `path` cannot be written, because its folder is not there or not
    // writable, or if there is something that may not be replaced: without `force`, anything but a finished file of the
    // same program. Touches nothing. For programs that want to know before hours of work.
    static void check_output(Team& team, const std::string& path, const std::string& program, bool force);

    // Collective. Begins a file, after the same checks. Throws StoreError on every rank.
    [[nodiscard]] static File create(Team& team, const std::string& path, const Provenance& provenance,
                                     bool force = false);
    // Collective. Opens a file for reading; each rank reads for itself. Throws StoreError on every rank.
    [[nodiscard]] static File open(Team& team, const std::string& path);

    File(File&&) noexcept;
    File& operator=(File&&) = delete;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    // Local. Without commit() the file is given up: what was written so far is removed.
    ~File();

    // Local. Sets an attribute of the root group; what the root gives counts, and the last that it gives.
    void set(const std::string& name, const std::string& text);
    void set(const std::string& name, double value);
    void set(const std::string& name, std::uint64_t value);

    // Collective. Completes the file and gives it its name. Throws StoreError on every rank; then nothing is replaced.
    void commit();

    [[nodiscard]] Team& team() const noexcept { return *team_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    // Local. For cohort's datasets. What is behind a file that is written, or one that is read; throws UsageError if this
    // is the other kind.
    [[nodiscard]] const std::shared_ptr<detail::WrittenFile>& written() const;
    [[nodiscard]] const std::shared_ptr<detail::ReadFile>& read() const;
    [[nodiscard]] bool is_writing() const noexcept { return written_ != nullptr; }

  private:
    File(Team& team, std::string path);

    Team* team_;
    std::string path_;
    std::shared_ptr<detail::WrittenFile> written_;
    std::shared_ptr<detail::ReadFile> read_;
};

}  // namespace cohort

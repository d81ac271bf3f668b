// An HDF5 file of a team.
//
//     auto file = cohort::File::create(team, "out.h5", {.program = "cohort-x", .version = "1.0"});
//     cohort::Column<double> ys = cohort::Column<double>::create(file, "ys", n);
//     cohort::map_into(team, cohort::indices(n), f, ys);
//     file.commit();
//
// The file is written beside its final name and renamed when it is complete, so under that name there is either the old
// file or a whole new one, never half. Before each dataset is filled, the room for all of it is taken from the disk: a
// full disk is an error on every rank then, and not in the middle of a collective write, where HDF5 may wait for ever for
// the rank that failed. All ranks may write and read at once, each its own parts. A file that only the root
// writes, such as one that grows as a stream arrives, is made on the root over Team::alone().
#pragma once

#include <cohort/store/hdf5.hpp>
#include <cohort/team/team.hpp>

#include <cstdint>
#include <string>

namespace cohort {

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
    // Collective. Opens a file for reading. Throws StoreError on every rank.
    [[nodiscard]] static File open(Team& team, const std::string& path);

    File(File&& other) noexcept;
    File& operator=(File&&) = delete;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    // Local. Without commit() the file is given up: what was written so far is removed.
    ~File();

    // Collective, the same on every rank. Sets an attribute of the root group.
    void set(const std::string& name, const std::string& text);
    void set(const std::string& name, double value);
    void set(const std::string& name, std::uint64_t value);

    // Collective. Completes the file and gives it its name. Throws StoreError on every rank; then nothing is replaced.
    void commit();

    [[nodiscard]] Team& team() const noexcept { return *team_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    // For cohort's datasets. Collective: makes sure that the disk has room for so many bytes more. Throws StoreError.
    void reserve(std::uint64_t bytes);
    [[nodiscard]] hid_t id() const noexcept { return file_.get(); }

  private:
    File(Team& team, std::string path);
    [[nodiscard]] bool is_shared() const noexcept;
    [[nodiscard]] std::string partial() const { return path_ + ".partial"; }

    Team* team_;
    std::string path_;
    detail::Handle file_;
    bool is_writing_ = false;
    std::uint64_t reserved_ = 0;
};

}  // namespace cohort

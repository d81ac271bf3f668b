// An HDF5 file that is being written.
//
// The root holds it through HDF5 and lays datasets out in it; every rank has the file itself open, and writes the bytes of
// datasets where the root says that they belong, or, compressed, where it claims room for them (Compressed). So no HDF5
// call is collective, and what fails fails as an exception on one rank.
#pragma once

#include <cohort/store/attributes.hpp>
#include <cohort/store/claims.hpp>
#include <cohort/store/compressed.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/hdf5.hpp>
#include <cohort/store/hdf5_driver.hpp>
#include <cohort/store/lifeline.hpp>
#include <cohort/store/pending_file.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cohort::detail {

class TeamCore;

class WrittenFile {
  public:
    [[nodiscard]] static PendingFile::Terms terms_of(const std::string& program, bool force);

    // Collective.
    WrittenFile(TeamCore& team, const std::string& path, const Provenance& provenance, bool force);
    WrittenFile(const WrittenFile&) = delete;
    WrittenFile& operator=(const WrittenFile&) = delete;
    ~WrittenFile();  // local

    [[nodiscard]] TeamCore& team() const noexcept { return *team_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    // Where the file is until it is committed.
    [[nodiscard]] const std::string& temporary() const noexcept { return temporary_; }

    // Collective. Calls `body` on the root, where it makes or extends a dataset in the HDF5 file that it is given, then
    // takes room for that. Returns what body returned, on every rank. Throws StoreError on every rank.
    std::vector<std::uint64_t> lay_out(const std::string& dataset,
                                       const std::function<std::vector<std::uint64_t>(hid_t)>& body);

    // Collective. Makes a compressed dataset. Throws StoreError on every rank.
    [[nodiscard]] std::shared_ptr<Compressed> compress(const std::string& name, const Dataset::Shape& shape);

    // Local. Adds bytes to the file, at the place that is returned. Throws StoreError. Only once there is a compressed
    // dataset, and not while a collective function runs.
    [[nodiscard]] std::uint64_t add(std::span<const std::byte> bytes);

    // Local. Throws UsageError once the file is committed.
    void check_open() const;
    // Local, before anything is written. Throws Fault if the root or the launcher is gone, as far as this rank sees it.
    void check_lifeline() const;

    // Local. Bytes of a dataset. Throw StoreError, UsageError once the file is committed, and Fault as check_lifeline.
    void write(std::uint64_t place, const void* from, std::size_t bytes);
    void read(std::uint64_t place, void* into, std::size_t bytes);

    // Local. Written on the root when the file is committed.
    void set(const std::string& name, AttributeValue value);

    // Collective.
    void commit();

  private:
    [[nodiscard]] bool on_root() const noexcept;
    void open_everywhere();
    void attempt(const std::string& what, const std::function<void()>& body);
    [[nodiscard]] std::vector<Compressed::Placed> finish(Compressed& dataset);
    void tell_hdf5(const Compressed& dataset, std::vector<Compressed::Placed> chunks);
    void complete();
    void clean_up() noexcept;
    void close_descriptor() noexcept;
    [[noreturn]] void fail(int error) const;

    TeamCore* team_;
    std::string path_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    Attributes attributes_;
    std::string temporary_;
    Lifeline lifeline_;
    int descriptor_ = -1;           // of this rank; the root's is that of pending_
    std::optional<Claims> claims_;  // once there is a compressed dataset
    std::vector<std::shared_ptr<Compressed>> compressed_;
    // On the root only, and in this order: HDF5 is the first to let go.
    std::optional<PendingFile> pending_;
    Hdf5Backing backing_;
    Hdf5File file_;
};

}  // namespace cohort::detail

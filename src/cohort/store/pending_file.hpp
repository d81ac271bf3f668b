// A file that appears whole or not at all.
//
//     cohort::PendingFile file("out/a.png", {.option = "--png"});
//     ... write to file.descriptor() ...
//     file.commit();                         // now, and only now, there is an out/a.png
//
// It is written beside its final name, under one that no other run ever has (temporary_name.hpp), so that the last step is
// a rename, which a file system does as a whole, and what is left of a killed run can write into its own file only. A lock
// keeps others from writing the same output as long as this process lives; the next one to get it removes what killed runs
// left. Where there are no locks, two runs may write the same output, each its own file; the last to be complete stays.
// Local: in a team the root holds it.
#pragma once

#include <cohort/store/held_file.hpp>

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

namespace cohort {

class PendingFile {
  public:
    struct Terms {
        bool force = false;               // replace whatever file is there
        std::string option = "--output";  // by which the user chose the path: for messages
        std::string program = {};         // whose finished files may be replaced without force
        // True if the file at a path is one of those. None: no file is.
        std::function<bool(const std::string& path)> is_ours = {};
    };

    // Throws StoreError if a file cannot be created at `path`: its folder is not there or not writable, or what is there
    // must not be replaced. The constructor does the same; this is for asking before any work.
    static void check(const std::string& path, const Terms& terms);

    // Throws StoreError as `check` does, if another run is writing the file, or if there is no room.
    PendingFile(const std::string& path, const Terms& terms);
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;
    // Removes the file unless it was committed.
    ~PendingFile() = default;

    [[nodiscard]] int descriptor() const noexcept { return file_.descriptor(); }
    // Where the file is until it is committed.
    [[nodiscard]] const std::string& temporary() const noexcept { return file_.path(); }

    // Brings what was written to the disk and gives the file its name, in the place of what was there. Throws
    // StoreError, also if the file is no longer where it was made.
    void commit();

  private:
    void open();
    [[noreturn]] void refuse_second() const;
    [[noreturn]] void fail(int error) const;

    std::string shown_;  // the path as the user gave it
    std::string option_;
    std::string final_;
    std::optional<mode_t> mode_;  // of what is to be replaced
    detail::HeldFile lock_;       // the first to come and, by its place here, the last to go
    detail::HeldFile file_;
};

}  // namespace cohort

// A file that appears whole or not at all.
//
//     cohort::PendingFile file("out/a.png", {.option = "--png"});
//     ... write to file.descriptor() ...
//     file.commit();                         // now, and only now, there is an out/a.png
//
// It is written beside its final name, as out/.a.png.part, so that the last step is a rename, which a file system does as a
// whole. A lock on it tells a run that is still writing from what a killed one left, which the next run takes over.
// Local: in a team the root holds it.
#pragma once

#include <functional>
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
    ~PendingFile();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    // Where the file is until it is committed.
    [[nodiscard]] const std::string& temporary() const noexcept { return temporary_; }

    // Brings what was written to the disk and gives the file its name, in the place of what was there. Throws
    // StoreError.
    void commit();

  private:
    void open();
    [[noreturn]] void fail(int error);

    std::string shown_;  // the path as the user gave it
    std::string option_;
    std::string final_;
    std::string temporary_;
    int descriptor_ = -1;
};

}  // namespace cohort

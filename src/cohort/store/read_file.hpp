// An HDF5 file that is being read. Each rank has it open for itself, so nothing about reading is collective.
#pragma once

#include <cohort/store/hdf5.hpp>

#include <functional>
#include <string>

namespace cohort::detail {

class ReadFile {
  public:
    // Throws StoreError if the file is not there, may not be read, or is not one of HDF5.
    explicit ReadFile(const std::string& path);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] hid_t id() const noexcept { return file_.get(); }

    // Runs `body`; what HDF5 refuses becomes a StoreError: "cannot read DATASET of PATH (...)".
    void attempt(const std::string& dataset, const std::function<void()>& body) const;

  private:
    std::string path_;
    Hdf5File file_;
};

// True if there is a complete HDF5 file that says it was made by `program`.
[[nodiscard]] bool is_finished_file_of(const std::string& program, const std::string& path);

}  // namespace cohort::detail

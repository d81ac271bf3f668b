// The options of a program: those that all share, and its own.
#pragma once

#include <cohort/app/common.hpp>
#include <cohort/app/launch.hpp>

#include <memory>
#include <optional>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
class Error;
}  // namespace CLI

namespace cohort::detail {

class CommandLine {
  public:
    explicit CommandLine(About about);
    ~CommandLine();

    [[nodiscard]] const About& about() const noexcept { return about_; }
    [[nodiscard]] CLI::App& options() noexcept { return *options_; }
    [[nodiscard]] const Common& common() const noexcept { return common_; }
    // What was typed, quoted so that a shell reads it back.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    // Local. Reads the options. Returns what --help or --version print, if they were given. Throws
    // UsageError.
    [[nodiscard]] std::optional<std::string> read(int argc, const char* const* argv);

    // Local. True if this process is to become mpirun's.
    [[nodiscard]] bool starts_again(const Launcher& launcher) const noexcept;
    // Local. Sees to it that -j is kept: may replace this process by mpirun's. Throws UsageError.
    void place(const Launcher& launcher, int argc, char** argv) const;
    // Local. Throws UsageError if -j asked for another number of ranks than there are.
    void check_ranks(const Launcher& launcher, int ranks) const;

  private:
    void add_common_options();
    void work_out();
    [[noreturn]] void refuse(const CLI::Error& error) const;
    void refuse_unknown_options() const;
    [[noreturn]] void refuse_unexpected(const std::string& word) const;
    [[nodiscard]] std::string help() const;
    [[nodiscard]] std::string version_text() const;
    // The program, and the command that was chosen of it: "cohort-primes count".
    [[nodiscard]] const CLI::App& chosen() const;
    [[nodiscard]] std::string chosen_name() const;

    About about_;
    Common common_;
    std::string text_;
    std::string ranks_;
    std::string schedule_ = "auto";
    std::string progress_ = "auto";
    std::uint64_t chunk_ = 0;  // 0: not given
    std::unique_ptr<CLI::App> options_;
};

}  // namespace cohort::detail

#include <cohort/store/temporary_name.hpp>

#include <fmt/format.h>

#include <atomic>

namespace cohort::detail {
namespace {

constexpr std::string_view ending = ".part";
constexpr std::string_view digits = "0123456789abcdef";

std::string start_of(const std::filesystem::path& path) {
    return fmt::format(".{}", path.filename().string());
}

std::string temporary_name(const std::filesystem::path& path, unsigned number) {
    return fmt::format("{}.{}-{:x}{}", start_of(path), Process::this_one().name(), number, ending);
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

}  // namespace

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::filesystem::path lock_of(const std::filesystem::path& path) {
    return folder_of(path) / fmt::format("{}{}", start_of(path), ending);
}

std::filesystem::path fresh_temporary(const std::filesystem::path& path) {
    static std::atomic<unsigned> made{0};
    return folder_of(path) / temporary_name(path, made.fetch_add(1));
}

std::size_t longest_temporary_name(const std::filesystem::path& path) {
    constexpr unsigned most_files =
        0xffff;  // of one process; more of them only matter where a name is at its limit
    constexpr std::string_view scratch = ".9999";
    return temporary_name(path, most_files).size() + scratch.size();
}

TemporaryNames::TemporaryNames(const std::filesystem::path& path) : start_(start_of(path) + ".") {}

std::optional<TemporaryName> TemporaryNames::read(std::string_view name) const {
    if (!name.starts_with(start_)) return {};
    const std::string_view rest = name.substr(start_.size());
    const std::size_t end = rest.find(ending);
    const std::string_view made = rest.substr(0, end);
    const std::size_t hyphen = made.rfind('-');
    if (end == std::string_view::npos || hyphen == std::string_view::npos) return {};
    const std::string_view scratch = rest.substr(end + ending.size());
    const bool is_scratch = scratch.starts_with('.') && is_number(scratch.substr(1));
    const std::optional<Process> owner = Process::named(made.substr(0, hyphen));
    if (!owner || !is_number(made.substr(hyphen + 1)) || !(scratch.empty() || is_scratch)) return {};
    return TemporaryName{.owner = *owner,
                         .file = std::string(name.substr(0, name.size() - scratch.size())),
                         .scratch = std::string(scratch)};
}

}  // namespace cohort::detail

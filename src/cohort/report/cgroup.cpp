#include <cohort/report/cgroup.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace cohort::detail {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<std::uint64_t> number_in(const fs::path& path) {
    std::ifstream file(path);
    std::int64_t value = 0;  // -1 stands for no limit, as "max" does
    if (file >> value && value >= 0) return static_cast<std::uint64_t>(value);
    return std::nullopt;
}

// Of a file of lines "key value".
std::uint64_t value_of(const fs::path& path, std::string_view wanted) {
    std::ifstream file(path);
    std::string key;
    for (std::uint64_t value = 0; file >> key >> value;) {
        if (key == wanted) return value;
    }
    return 0;
}

bool has_word(const std::string& list, std::string_view wanted) {
    std::istringstream words(list);
    for (std::string word; std::getline(words, word, ',');) {
        if (word == wanted) return true;
    }
    return false;
}

// The folders of this process's groups, from its own to the top: of version 2, and of the controller in version 1.
// In a container the group's name is that outside, and only the top is there to be read.
std::vector<fs::path> folders(const CgroupPlaces& places, std::string_view controller) {
    std::vector<fs::path> result;
    std::ifstream membership(places.membership);
    for (std::string line; std::getline(membership, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        if (!controllers.empty() && !has_word(controllers, controller)) continue;
        const fs::path top = controllers.empty() ? places.top : places.top / controller;
        for (fs::path group = fs::path(line.substr(second + 1)).relative_path(); !group.empty();
             group = group.parent_path()) {
            result.push_back(top / group);
        }
        result.push_back(top);
    }
    return result;
}

template <typename T>
void lower(std::optional<T>& least, const std::optional<T>& value) {
    if (value) least = std::min(least.value_or(*value), *value);
}

std::optional<double> quota_of_version_1(const fs::path& folder) {
    const auto quota = number_in(folder / "cpu.cfs_quota_us");
    const auto period = number_in(folder / "cpu.cfs_period_us");
    if (!quota || !period || *period == 0) return std::nullopt;
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<std::uint64_t> left(const std::optional<std::uint64_t>& limit,
                                  const std::optional<std::uint64_t>& used, std::uint64_t copies) {
    if (!limit || !used) return std::nullopt;
    const std::uint64_t needed = *used - std::min(*used, copies);
    return *limit - std::min(*limit, needed);
}

}  // namespace

std::optional<double> quota_in(std::string_view cpu_max) {
    std::istringstream words{std::string(cpu_max)};
    double quota = 0;
    double period = 0;
    if (words >> quota >> period && quota > 0 && period > 0) return quota / period;
    return std::nullopt;
}

std::optional<double> cpu_quota(const CgroupPlaces& places) {
    std::optional<double> least;
    for (const fs::path& folder : folders(places, "cpu")) {
        lower(least, quota_in(text_of(folder / "cpu.max")));
        lower(least, quota_of_version_1(folder));
    }
    return least;
}

std::optional<std::uint64_t> memory_left(const CgroupPlaces& places) {
    std::optional<std::uint64_t> least;
    for (const fs::path& folder : folders(places, "memory")) {
        const fs::path stat = folder / "memory.stat";
        lower(least, left(number_in(folder / "memory.max"), number_in(folder / "memory.current"),
                          value_of(stat, "inactive_file")));
        lower(least,
              left(number_in(folder / "memory.limit_in_bytes"), number_in(folder / "memory.usage_in_bytes"),
                   value_of(stat, "total_inactive_file")));
    }
    return least;
}

}  // namespace cohort::detail

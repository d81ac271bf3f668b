#include <cohort/app/version.hpp>

#include <fmt/format.h>
#include <hdf5.h>
#include <mpi.h>

#include <array>
#include <fstream>
#include <set>
#include <sstream>

namespace cohort {

std::string_view version() noexcept { return COHORT_VERSION; }

std::string mpi_version() {
    std::string text(MPI_MAX_LIBRARY_VERSION_STRING, '\0');
    int length = 0;
    int major = 0;
    int minor = 0;
    MPI_Get_library_version(text.data(), &length);
    MPI_Get_version(&major, &minor);
    text.resize(static_cast<std::size_t>(length));
    return fmt::format("{} (MPI {}.{})", text.substr(0, text.find_first_of(",\n\0")), major, minor);
}

std::string hdf5_version() {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
#ifdef H5_HAVE_PARALLEL
    constexpr std::string_view kind = "parallel";
#else
    constexpr std::string_view kind = "serial";
#endif
    return fmt::format("{}.{}.{} ({})", major, minor, release, kind);
}

std::string instruction_sets() {
    constexpr std::array known{"sse4_2",  "avx",      "avx2",     "fma",        "bmi2",
                               "avx512f", "avx512dq", "avx512vl", "avx512ifma", "avx512_vbmi2",
                               "vaes",    "asimd",    "sve",      "sve2"};
    std::ifstream cpu("/proc/cpuinfo");
    std::string line;
    while (std::getline(cpu, line)) {
        if (!line.starts_with("flags") && !line.starts_with("Features")) continue;
        std::istringstream words(line.substr(line.find(':') + 1));
        std::set<std::string> present;
        for (std::string word; words >> word;) present.insert(word);
        std::string text;
        for (const char* name : known) {
            if (present.contains(name)) text += (text.empty() ? "" : " ") + std::string(name);
        }
        return text;
    }
    return {};
}

}  // namespace cohort

#include <cohort/app/version.hpp>

#include <fmt/format.h>
#include <hdf5.h>

namespace cohort {

std::string_view version() noexcept { return COHORT_VERSION; }

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

}  // namespace cohort

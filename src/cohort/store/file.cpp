#include <cohort/store/file.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/run/exchange.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace cohort {
namespace {

namespace fs = std::filesystem;
using detail::Handle;

constexpr std::uint64_t room_for_metadata = 64 * 1024;

// True if `path` is a file that the program finished. Never throws: what cannot be read is not ours.
bool is_finished_file_of(const std::string& path, const std::string& program) {
    try {
        if (H5Fis_hdf5(path.c_str()) <= 0) {
            return false;
        }
        const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "open " + path);
        return detail::read_words(file.get(), "program") == program && H5Aexists(file.get(), "complete") > 0;
    } catch (const Error&) {
        return false;
    }
}

void check_replaceable(const std::string& path, const std::string& program, bool force) {
    const fs::file_status status = fs::status(path);
    if (!fs::exists(status)) {
        return;
    }
    if (!fs::is_regular_file(status)) {
        throw StoreError("cannot write " + path, "it is not a file", "choose another --output");
    }
    if (!force && !is_finished_file_of(path, program)) {
        throw StoreError("will not replace " + path, "it is not a finished file of " + program,
                         "add --force, or choose another --output");
    }
}

void check_folder(const std::string& path) {
    const fs::path parent = fs::path(path).parent_path();
    const fs::path folder = parent.empty() ? "." : parent;
    if (!fs::is_directory(folder)) {
        const char* why = fs::exists(folder) ? "is not a folder" : "does not exist";
        throw StoreError("cannot create " + path, fmt::format("the folder {} {}", folder.string(), why),
                         "create it or choose another --output");
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        throw StoreError("cannot create " + path,
                         fmt::format("the folder {}: {}", folder.string(), std::strerror(errno)),
                         "choose another --output");
    }
}

std::string now() {
    const std::time_t time = std::time(nullptr);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

std::string hosts_of(Team& team) {
    std::vector<std::string> hosts = all_gather(team, team.host());
    hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
    return fmt::format("{}", fmt::join(hosts, " "));
}

}  // namespace

File::File(Team& team, std::string path) : team_(&team), path_(std::move(path)) { detail::prepare_hdf5(); }

File::File(File&& other) noexcept
    : team_(other.team_),
      path_(std::move(other.path_)),
      file_(std::move(other.file_)),
      is_writing_(std::exchange(other.is_writing_, false)),
      reserved_(other.reserved_) {}

File::~File() {
    if (!is_writing_) {
        return;
    }
    if (is_shared()) {
        file_.release();  // closing it is collective, and other ranks may be elsewhere
    } else {
        file_ = {};
    }
    if (team_->is_root()) {
        ::unlink(partial().c_str());
    }
}

bool File::is_shared() const noexcept { return team_->size() > 1; }

void File::check_output(Team& team, const std::string& path, const std::string& program, bool force) {
    detail::prepare_hdf5();
    team.agree([&] {
        if (team.is_root()) {
            if (path.empty() || path.back() == '/') {
                throw StoreError("the output has no name", "'" + path + "' names a folder",
                                 "give the name of a file");
            }
            check_folder(path);
            check_replaceable(path, program, force);
        }
    });
}

File File::create(Team& team, const std::string& path, const Provenance& provenance, bool force) {
    check_output(team, path, provenance.program, force);
    File file(team, path);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make a property list");
    if (file.is_shared()) {
        detail::check_hdf5(H5Pset_fapl_mpio(access.get(), team.comm(), MPI_INFO_NULL), "use parallel HDF5");
    }
    detail::check_hdf5(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_LATEST),
                       "make a property list");
    // Datasets may outlive the file; closing it closes them.
    detail::check_hdf5(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "make a property list");
    file.is_writing_ = true;
    team.agree([&] {
        const std::string partial = file.partial();
        file.file_ = Handle(H5Fcreate(partial.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose,
                            "create " + partial);
    });
    file.set("program", provenance.program);
    file.set("version", provenance.version);
    file.set("command_line", provenance.command_line);
    file.set("seed", provenance.seed);
    file.set("ranks", static_cast<std::uint64_t>(team.size()));
    file.set("hosts", hosts_of(team));
    file.set("start", broadcast(team, now()));
    return file;
}

File File::open(Team& team, const std::string& path) {
    File file(team, path);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make a property list");
    if (file.is_shared()) {
        detail::check_hdf5(H5Pset_fapl_mpio(access.get(), team.comm(), MPI_INFO_NULL), "use parallel HDF5");
    }
    team.agree([&] {
        // Asked by itself, because HDF5's words for a missing file are many and dark.
        if (::access(path.c_str(), R_OK) != 0) {
            throw StoreError("cannot read " + path, std::strerror(errno),
                             "check its name and its permissions");
        }
        if (H5Fis_hdf5(path.c_str()) <= 0) {
            throw StoreError("cannot read " + path, "it is not an HDF5 file", "give one that is");
        }
    });
    team.agree([&] {
        file.file_ = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "open " + path);
    });
    return file;
}

void File::set(const std::string& name, const std::string& text) {
    team_->agree([&] { detail::write_words(id(), name, text); });
}

void File::set(const std::string& name, double value) {
    team_->agree([&] { detail::write_attribute(id(), name, H5T_NATIVE_DOUBLE, &value, 1); });
}

void File::set(const std::string& name, std::uint64_t value) {
    team_->agree([&] { detail::write_attribute(id(), name, H5T_NATIVE_UINT64, &value, 1); });
}

void File::reserve(std::uint64_t bytes) {
    reserved_ += bytes + room_for_metadata;
    team_->agree([&] {
        if (!team_->is_root()) {
            return;
        }
        const int descriptor = ::open(partial().c_str(), O_WRONLY | O_CLOEXEC);
        const bool is_reserved =
            descriptor >= 0 && ::fallocate(descriptor, 0, 0, static_cast<off_t>(reserved_)) == 0;
        const int code = is_reserved ? 0 : errno;
        if (descriptor >= 0) {
            ::close(descriptor);
        }
        // File systems that cannot reserve find out when they write.
        if (code != 0 && code != EOPNOTSUPP && code != ENOSYS) {
            throw StoreError("cannot write " + path_,
                             fmt::format("{} for {:.1f} MiB", std::strerror(code),
                                         static_cast<double>(reserved_) / (1 << 20)),
                             "make room, or choose another --output");
        }
    });
}

void File::commit() {
    set("complete", std::uint64_t{1});
    reserve(0);
    team_->agree([&] {
        const std::string what = "complete " + partial();
        detail::check_hdf5(H5Fflush(id(), H5F_SCOPE_GLOBAL), what);
        detail::check_hdf5(H5Fclose(file_.release()), what);
    });
    team_->agree([&] {
        if (team_->is_root() && ::rename(partial().c_str(), path_.c_str()) != 0) {
            throw StoreError("cannot give " + partial() + " its name " + path_, std::strerror(errno),
                             "rename it by hand");
        }
    });
    is_writing_ = false;
}

}  // namespace cohort

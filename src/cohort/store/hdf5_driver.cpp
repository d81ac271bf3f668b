#include <cohort/store/hdf5_driver.hpp>

#include <cohort/store/transfer.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

#if H5_VERSION_GE(1, 14, 0)
#include <H5FDdevelop.h>
#endif

namespace cohort::detail {
namespace {

// Small datasets are laid out one after the other; larger ones begin with a page.
constexpr hsize_t large = 64 * 1024;
constexpr hsize_t page = 4096;

struct Info {
    Hdf5Backing* backing;
};

struct OpenFile {
    H5FD_t base;  // first: HDF5 knows the file by it
    Hdf5Backing* backing;
    haddr_t end_of_file;
};

OpenFile& ours(H5FD_t* file) { return *reinterpret_cast<OpenFile*>(file); }
const OpenFile& ours(const H5FD_t* file) { return *reinterpret_cast<const OpenFile*>(file); }

// Keeps the first error.
void keep(Hdf5Backing& backing, int error) {
    if (backing.error == 0) backing.error = error;
}

H5FD_t* open_file(const char* /*name*/, unsigned /*flags*/, hid_t list, haddr_t /*most*/) {
    const auto* info = static_cast<const Info*>(H5Pget_driver_info(list));
    if (info == nullptr) return nullptr;
    auto* file = new (std::nothrow) OpenFile{};
    if (file == nullptr) return nullptr;
    file->backing = info->backing;
    return &file->base;
}

herr_t close_file(H5FD_t* file) {
    delete &ours(file);
    return 0;
}

herr_t query(const H5FD_t* /*file*/, unsigned long* flags) {
    // No sieve: others write the bytes of datasets, so HDF5 must not keep copies of them.
    if (flags != nullptr)
        *flags =
            H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

// Also what H5Pset_alignment does, which would make HDF5 keep account of the gaps and put raw data there.
haddr_t allocate(H5FD_t* file, H5FD_mem_t type, hid_t /*list*/, hsize_t bytes) {
    Hdf5Backing& backing = *ours(file).backing;
    if (type == H5FD_MEM_DRAW && backing.written.bytes == bytes) return backing.written.place;
    const std::uint64_t place = bytes < large ? backing.end : (backing.end + page - 1) / page * page;
    backing.end = place + bytes;
    return place;
}

haddr_t get_end(const H5FD_t* file, H5FD_mem_t /*type*/) { return ours(file).backing->end; }

herr_t set_end(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t end) {
    ours(file).backing->end = end;
    return 0;
}

haddr_t get_end_of_file(const H5FD_t* file, H5FD_mem_t /*type*/) { return ours(file).end_of_file; }

herr_t read(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*list*/, haddr_t place, size_t bytes, void* into) {
    Hdf5Backing& backing = *ours(file).backing;
    if (const int error = read_at(backing.descriptor, place, into, bytes)) keep(backing, error);
    return 0;
}

herr_t write(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*list*/, haddr_t place, size_t bytes,
             const void* from) {
    Hdf5Backing& backing = *ours(file).backing;
    if (backing.written.bytes > 0 && backing.written.place == place && backing.written.bytes == bytes) {
        backing.written = {};
        return 0;
    }
    ours(file).end_of_file = std::max<haddr_t>(ours(file).end_of_file, place + bytes);
    if (backing.error != 0) return 0;
    if (const int error = write_at(backing.descriptor, place, from, bytes)) keep(backing, error);
    return 0;
}

herr_t truncate(H5FD_t* file, hid_t /*list*/, hbool_t /*closing*/) {
    Hdf5Backing& backing = *ours(file).backing;
    ours(file).end_of_file = backing.end;
    if (backing.error == 0 && ftruncate(backing.descriptor, static_cast<off_t>(backing.end)) != 0)
        keep(backing, errno);
    return 0;
}

const H5FD_class_t& driver() {
    static const H5FD_class_t driver = [] {
        H5FD_class_t made{};
#if H5_VERSION_GE(1, 14, 0)
        made.version = H5FD_CLASS_VERSION;
        made.value = static_cast<H5FD_class_value_t>(512);  // the first of those that need not be registered
#endif
        made.name = "cohort";
        made.maxaddr = static_cast<haddr_t>(1) << 62;
        made.fc_degree = H5F_CLOSE_STRONG;
        made.fapl_size = sizeof(Info);
        made.open = open_file;
        made.close = close_file;
        made.query = query;
        made.alloc = allocate;
        made.get_eoa = get_end;
        made.set_eoa = set_end;
        made.get_eof = get_end_of_file;
        made.read = read;
        made.write = write;
        made.truncate = truncate;
        std::fill(std::begin(made.fl_map), std::end(made.fl_map), H5FD_MEM_DEFAULT);
        return made;
    }();
    return driver;
}

// The driver's id; HDF5 drops a driver that nobody holds.
class Registered {
  public:
    Registered() = default;
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;
    ~Registered() { H5FDunregister(id_); }
    [[nodiscard]] hid_t id() const noexcept { return id_; }

  private:
    hid_t id_ = hdf5<H5FDregister>(&driver());
};

}  // namespace

Hdf5File create_hdf5(Hdf5Backing& backing) {
    const Registered registered;
    const Info info{.backing = &backing};
    const Hdf5List access(hdf5<H5Pcreate>(H5P_FILE_ACCESS));
    hdf5<H5Pset_driver>(access.get(), registered.id(), &info);
    hdf5<H5Pset_fclose_degree>(access.get(), H5F_CLOSE_STRONG);
    // Readable by HDF5 1.8 and later; older formats cannot hold attributes above 64 KiB, such as a long command line.
    hdf5<H5Pset_libver_bounds>(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V110);
    return Hdf5File(hdf5<H5Fcreate>("cohort", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()));
}

}  // namespace cohort::detail

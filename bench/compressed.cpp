// Three ways for ranks to write a compressed dataset, 16-bit counts of a Julia set:
//
//     ranks        as cohort does: each compresses its HDF5 chunks and writes them where it claimed room
//     collective   by parallel HDF5, whose filters compress, in one collective write of all
//     root         each compresses its HDF5 chunks, and the root writes them, H5Dwrite_chunk
//
// Every other band of rows is a rank's, as dealt bands mostly are. Prints bytes of counts per second, from the creation of the file
// to its end.
#include "kernels/kernel.hpp"

#include <cohort/store/deflater.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/image.hpp>
#include <cohort/team/team.hpp>
#include <julia/kernel.hpp>

#include <hdf5.h>
#include <mpi.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::uint64_t side = 8192;
constexpr std::uint64_t band = 32;  // rows
constexpr std::uint64_t bands = side / band;
constexpr int level = 1;

struct World {
    int rank = 0;
    int size = 1;

    World() {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
    }
    [[nodiscard]] bool owns(std::uint64_t number) const {
        return number % static_cast<std::uint64_t>(size) == static_cast<std::uint64_t>(rank);
    }
};

// Of the rank's bands, one after the other.
class Counts {
  public:
    explicit Counts(const World& world) {
        const cohort::julia::View view{.width = side, .height = side};
        std::vector<std::uint32_t> wide(band * side);
        for (std::uint64_t number = 0; number < bands; ++number) {
            if (!world.owns(number)) continue;
            cohort::julia::count_steps(view, {number * band, band}, cohort::julia::Arithmetic::ieee,
                                       cohort::chosen_isa(), wide);
            all_.insert(all_.end(), wide.begin(), wide.end());
        }
    }
    [[nodiscard]] std::span<const std::uint16_t> all() const { return all_; }
    [[nodiscard]] std::span<const std::uint16_t> nth(std::uint64_t place) const {
        return all().subspan(place * band * side, band * side);
    }

  private:
    std::vector<std::uint16_t> all_;
};

void by_ranks(const World& world, const Counts& counts, const std::string& path) {
    cohort::Team team = cohort::Team::over(MPI_COMM_WORLD);
    cohort::File file = cohort::File::create(team, path, {.program = "bench"}, true);
    cohort::Image<std::uint16_t> image(file, "counts", side, side, {}, 300,
                                       {.compress = true, .level = level, .chunk = band});
    std::uint64_t place = 0;
    for (std::uint64_t number = 0; number < bands; ++number) {
        if (world.owns(number)) image.write_rows(number * band, counts.nth(place++));
    }
    file.commit();
}

struct Dataset {
    hid_t file;
    hid_t space;
    hid_t dataset;

    Dataset(const std::string& path, hid_t access) {
        constexpr std::array<hsize_t, 2> sizes{side, side};
        constexpr std::array<hsize_t, 2> chunk{band, side};
        file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
        space = H5Screate_simple(2, sizes.data(), nullptr);
        const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(list, 2, chunk.data());
        H5Pset_deflate(list, level);
        dataset = H5Dcreate2(file, "counts", H5T_NATIVE_UINT16, space, H5P_DEFAULT, list, H5P_DEFAULT);
        H5Pclose(list);
    }
    Dataset(const Dataset&) = delete;
    Dataset& operator=(const Dataset&) = delete;
    ~Dataset() {
        H5Dclose(dataset);
        H5Sclose(space);
        H5Fclose(file);
    }
};

void collectively(const World& world, const Counts& counts, const std::string& path) {
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL);
    const hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
    {
        const Dataset file(path, access);
        const auto size = static_cast<hsize_t>(world.size);
        const std::array<hsize_t, 2> start{static_cast<hsize_t>(world.rank) * band, 0};
        const std::array<hsize_t, 2> stride{size * band, side};
        const std::array<hsize_t, 2> count{counts.all().size() / (band * side), 1};
        constexpr std::array<hsize_t, 2> block{band, side};
        H5Sselect_hyperslab(file.space, H5S_SELECT_SET, start.data(), stride.data(), count.data(),
                            block.data());
        const hsize_t numbers = counts.all().size();
        const hid_t memory = H5Screate_simple(1, &numbers, nullptr);
        H5Dwrite(file.dataset, H5T_NATIVE_UINT16, memory, file.space, transfer, counts.all().data());
        H5Sclose(memory);
    }
    H5Pclose(transfer);
    H5Pclose(access);
}

void by_the_root(const World& world, const Counts& counts, const std::string& path) {
    cohort::detail::Deflater deflater(level, false, sizeof(std::uint16_t));
    std::uint64_t place = 0;
    if (world.rank != 0) {
        for (std::uint64_t number = 0; number < bands; ++number) {
            if (!world.owns(number)) continue;
            const auto bytes = deflater.compress(std::as_bytes(counts.nth(place++))).bytes;
            MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, 0, static_cast<int>(number),
                     MPI_COMM_WORLD);
        }
        return;
    }
    const Dataset file(path, H5P_DEFAULT);
    std::vector<std::byte> received(band * side * sizeof(std::uint16_t) + 1024);
    const auto write = [&](std::uint64_t number, std::span<const std::byte> bytes) {
        const std::array<hsize_t, 2> at{number * band, 0};
        H5Dwrite_chunk(file.dataset, H5P_DEFAULT, 0, at.data(), bytes.size(), bytes.data());
    };
    std::uint64_t others = bands - counts.all().size() / (band * side);
    const auto receive = [&](bool waits) {
        MPI_Status status;
        int is_there = 1;
        if (!waits) MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &is_there, &status);
        if (is_there == 0) return false;
        MPI_Recv(received.data(), static_cast<int>(received.size()), MPI_BYTE, MPI_ANY_SOURCE, MPI_ANY_TAG,
                 MPI_COMM_WORLD, &status);
        int bytes = 0;
        MPI_Get_count(&status, MPI_BYTE, &bytes);
        write(static_cast<std::uint64_t>(status.MPI_TAG),
              std::span(received).first(static_cast<std::size_t>(bytes)));
        --others;
        return true;
    };
    for (std::uint64_t number = 0; number < bands; ++number) {
        if (!world.owns(number)) continue;
        write(number, deflater.compress(std::as_bytes(counts.nth(place++))).bytes);
        while (others > 0 && receive(false)) {}
    }
    while (others > 0) receive(true);
}

int measure(std::string_view way) {
    const World world;
    const auto write = way == "ranks"        ? by_ranks
                       : way == "collective" ? collectively
                       : way == "root"       ? by_the_root
                                             : nullptr;
    if (write == nullptr) {
        if (world.rank == 0) fmt::print(stderr, "usage: bench_compressed ranks|collective|root\n");
        return 2;
    }
    const Counts counts(world);
    const std::string path = (std::filesystem::temp_directory_path() / "cohort-bench-compressed.h5").string();
    double fastest = 0;
    for (int repetition = 0; repetition < 4; ++repetition) {
        MPI_Barrier(MPI_COMM_WORLD);
        const double start = MPI_Wtime();
        write(world, counts, path);
        MPI_Barrier(MPI_COMM_WORLD);
        const double speed = side * side * sizeof(std::uint16_t) / (MPI_Wtime() - start);
        fastest = std::max(fastest, speed);
    }
    if (world.rank == 0) {
        bench::print(fastest);
        std::filesystem::remove(path);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    const int status = measure(argc == 2 ? argv[1] : "");
    MPI_Finalize();
    return status;
}

// What things cost without a library: how far down one can get.
//
//     mpirun -n 2 bench_floors master_worker 1e6    # an item a message to a worker, its result back
//     mpirun -n 2 bench_floors shared_atomic 1e6    # an atomic add in memory that the ranks share
//     mpirun -n 2 bench_floors ping_pong 1e5        # a message of 8 bytes to rank 1 and back
//     mpirun -n 2 bench_floors transfer 48          # so many messages of 64 MiB from rank 1 to rank 0
//     mpirun -n 2 bench_floors start 0              # MPI_Init, a barrier, MPI_Finalize, and nothing else
//
// master_worker is what MPI courses teach: rank 0 hands out items and does none itself; each worker has one more item
// under way than it works on, so that it need not wait for the next. shared_atomic claims items and keeps no results.
// Prints the seconds from the first barrier to the last; for start from the beginning of main to the end of MPI_Finalize.
#include <mpi.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

enum Tag { item_tag, stop_tag };

std::uint64_t master(int workers, std::uint64_t items) {
    std::uint64_t next = 0;
    std::uint64_t sum = 0;
    for (int worker = 1; worker <= workers; ++worker) {
        for (int ahead = 0; ahead < 2 && next < items; ++ahead, ++next) {
            MPI_Send(&next, 1, MPI_UINT64_T, worker, item_tag, MPI_COMM_WORLD);
        }
    }
    for (std::uint64_t done = 0; done < items; ++done) {
        std::uint64_t result = 0;
        MPI_Status status;
        MPI_Recv(&result, 1, MPI_UINT64_T, MPI_ANY_SOURCE, item_tag, MPI_COMM_WORLD, &status);
        sum += result;
        if (next < items) {
            MPI_Send(&next, 1, MPI_UINT64_T, status.MPI_SOURCE, item_tag, MPI_COMM_WORLD);
            ++next;
        }
    }
    for (int worker = 1; worker <= workers; ++worker) {
        MPI_Send(nullptr, 0, MPI_UINT64_T, worker, stop_tag, MPI_COMM_WORLD);
    }
    return sum;
}

void worker() {
    while (true) {
        std::uint64_t item = 0;
        MPI_Status status;
        MPI_Recv(&item, 1, MPI_UINT64_T, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == stop_tag) return;
        MPI_Send(&item, 1, MPI_UINT64_T, 0, item_tag, MPI_COMM_WORLD);
    }
}

std::uint64_t claim_all(MPI_Win window, std::uint64_t items) {
    MPI_Aint bytes = 0;
    int unit = 0;
    std::uint64_t* word = nullptr;
    MPI_Win_shared_query(window, 0, &bytes, &unit, static_cast<void*>(&word));
    std::atomic_ref<std::uint64_t> next(*word);
    std::uint64_t sum = 0;
    for (std::uint64_t item = next.fetch_add(1); item < items; item = next.fetch_add(1)) sum += item;
    return sum;
}

void ping_pong(int rank, std::uint64_t times) {
    std::uint64_t word = 0;
    for (std::uint64_t i = 0; rank < 2 && i < times; ++i) {
        if (rank == 0) MPI_Send(&word, 1, MPI_UINT64_T, 1, item_tag, MPI_COMM_WORLD);
        MPI_Recv(&word, 1, MPI_UINT64_T, 1 - rank, item_tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (rank == 1) MPI_Send(&word, 1, MPI_UINT64_T, 0, item_tag, MPI_COMM_WORLD);
    }
}

void transfer(int rank, std::vector<char>& bytes, std::uint64_t times) {
    const int count = static_cast<int>(bytes.size());
    for (std::uint64_t i = 0; i < times; ++i) {
        if (rank == 1) MPI_Send(bytes.data(), count, MPI_BYTE, 0, item_tag, MPI_COMM_WORLD);
        if (rank == 0)
            MPI_Recv(bytes.data(), count, MPI_BYTE, 1, item_tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const auto main_began = std::chrono::steady_clock::now();
    MPI_Init(&argc, &argv);
    int rank = 0;
    int ranks = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (argc != 3 || ranks < 2) MPI_Abort(MPI_COMM_WORLD, 2);
    const std::string_view mode = argv[1];
    const auto count = static_cast<std::uint64_t>(std::strtod(argv[2], nullptr));
    if (mode == "start") {
        MPI_Barrier(MPI_COMM_WORLD);
        MPI_Finalize();
        const std::chrono::duration<double> whole = std::chrono::steady_clock::now() - main_began;
        if (rank == 0) std::printf("%.9f\n", whole.count());
        return 0;
    }

    MPI_Win window = MPI_WIN_NULL;
    std::uint64_t* word = nullptr;
    if (mode == "shared_atomic") {  // the ranks of the others may be on several hosts
        MPI_Win_allocate_shared(rank == 0 ? 64 : 0, 1, MPI_INFO_NULL, MPI_COMM_WORLD,
                                static_cast<void*>(&word), &window);
        if (rank == 0) *word = 0;
    }
    std::vector<char> bytes(mode == "transfer" && rank < 2 ? std::size_t{1} << 26 : 0, 'x');
    std::uint64_t sum_of_mine = 0;
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    if (mode == "shared_atomic") sum_of_mine = claim_all(window, count);
    if (mode == "master_worker" && rank == 0) sum_of_mine = master(ranks - 1, count);
    if (mode == "master_worker" && rank != 0) worker();
    if (mode == "ping_pong") ping_pong(rank, count);
    if (mode == "transfer") transfer(rank, bytes, count);
    MPI_Barrier(MPI_COMM_WORLD);
    const double seconds = MPI_Wtime() - start;

    const bool of_items = mode == "shared_atomic" || mode == "master_worker";
    std::uint64_t sum = 0;
    MPI_Reduce(&sum_of_mine, &sum, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0 && of_items && sum != count * (count - 1) / 2) MPI_Abort(MPI_COMM_WORLD, 70);
    if (rank == 0) std::printf("%.9f\n", seconds);
    if (window != MPI_WIN_NULL) MPI_Win_free(&window);
    MPI_Finalize();
    return 0;
}

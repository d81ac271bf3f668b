// What one-item tasks cost without a library: how far down one can get.
//
//     mpirun -n 2 bench_floors master_worker 1e6    # an item a message to a worker, its result back
//     mpirun -n 2 bench_floors shared_atomic 1e6    # an atomic add in memory that the ranks share
//
// master_worker is what MPI courses teach: rank 0 hands out items and does none itself; each worker has one more item
// under way than it works on, so that it need not wait for the next. shared_atomic claims items and keeps no results.
// Prints the seconds from the first barrier to the last.
#include <mpi.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

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

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    int ranks = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const bool by_message = argc > 1 && std::string_view(argv[1]) == "master_worker";
    if (argc != 3 || ranks < 2) MPI_Abort(MPI_COMM_WORLD, 2);
    const auto items = static_cast<std::uint64_t>(std::strtod(argv[2], nullptr));

    MPI_Win window = MPI_WIN_NULL;
    std::uint64_t* word = nullptr;
    MPI_Win_allocate_shared(rank == 0 ? 64 : 0, 1, MPI_INFO_NULL, MPI_COMM_WORLD, static_cast<void*>(&word),
                            &window);
    if (rank == 0) *word = 0;
    std::uint64_t mine = 0;
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    if (!by_message) mine = claim_all(window, items);
    if (by_message && rank == 0) mine = master(ranks - 1, items);
    if (by_message && rank != 0) worker();
    MPI_Barrier(MPI_COMM_WORLD);
    const double seconds = MPI_Wtime() - start;

    std::uint64_t sum = 0;
    MPI_Reduce(&mine, &sum, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0 && sum != items * (items - 1) / 2) MPI_Abort(MPI_COMM_WORLD, 70);
    if (rank == 0) std::printf("%.9f\n", seconds);
    MPI_Win_free(&window);
    MPI_Finalize();
    return 0;
}

"""Streams: results as they come, a slow consumer, and values of gigabytes (bench/streams.cpp)."""

import statistics

from measuring import RANKS, median_ratio, print_table, rounded

GIB = 1 << 30
PIECE = 1 << 26  # of bench_floors transfer


def memory_available():
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("MemAvailable:"))


def streams(bench):
    """map_unordered to a consumer that counts, and to one that takes 1 us a result."""
    titles = ["items", "items/s", "consumer alone", "ratio", "root's memory, MB"]
    table = [[f"map_unordered on {RANKS} ranks to a consumer that", *titles]]
    work = {
        "counts": ("count", bench.sized(100_000_000, 2_000_000)),
        "takes 1 us a result": ("slow", bench.sized(2_000_000, 200_000), 1),
    }
    for name, arguments in work.items():
        results = bench.interleaved([bench.mpi("streams", *arguments, label=name)], min(bench.repetitions, 5))[0]
        seconds, alone, memory = zip(*(lines[0] for lines in results))
        items = arguments[1]
        rates = [rounded(items / statistics.median(times)) for times in (seconds, alone)]
        ratio = f"{median_ratio(alone, seconds):.3f}"
        table.append([name, f"{items:,}", *rates, ratio, f"{max(memory) / 1e6:.0f}"])
    print_table(table)


def large(bench):
    """One result and one item of 3 GiB, beside MPI_Send and a copy in memory."""
    size = bench.sized(48, 4) * PIECE
    gib = f"{size / GIB:g} GiB"
    if memory_available() < 5.5 * size:  # the root's two copies, the other rank's two, and some room
        print(f"\nWithout values of {gib}, for which there is too little memory free.")
        return
    pieces = bench.mpi("floors", "transfer", size // PIECE, label="MPI_Send in pieces of 64 MiB")
    values = [bench.mpi("streams", way, size, label=f"map, one {way}") for way in ("result", "input")]
    results = bench.interleaved([pieces, *values], min(bench.repetitions, 3))
    titles = ["MB/s", "of MPI_Send", "a copy, MB/s", "root's memory, GiB more"]
    table = [[f"{gib} from one of 2 ranks to the other", *titles]]
    floors = [lines[0][0] for lines in results[0]]

    def rate(seconds):
        return rounded(size / 1e6 / statistics.median(seconds))

    table.append([pieces.name, rate(floors), "1", "", ""])
    for value, own in zip(values, results[1:]):
        seconds, copies, memory = zip(*(lines[0] for lines in own))
        share = f"{median_ratio(floors, seconds):.3f}"
        table.append([value.name, rate(seconds), share, rate(copies), f"{max(memory) / GIB:.1f}"])
    print_table(table)


TABLES = {"streams": streams, "streams-large": large}

"""The cost of a task beside peers: tasks of nothing, so that what is left is the call's own."""

import os
import statistics

from measuring import HERE, PYTHON, RANKS, Contestant, median_ratio, print_table, rounded, run, settings_for

CALLS = ["map", "map_ordered", "map_unordered", "map_reduce"]

# Python's peers: what each is called, the module it needs, Debian's package of it.
MODULES = {
    "multiprocessing": ("multiprocessing", "python3"),
    "joblib": ("joblib", "python3-joblib"),
    "dask": ("distributed", "python3-distributed"),
    "ipyparallel": ("ipyparallel", "python3-ipyparallel"),
    "mpi4py": ("mpi4py", "python3-mpi4py"),
}


def peer(name, library, chunks, items):
    """A peer that gets through so many items in about a second, and the items."""
    command = [PYTHON, os.path.join(HERE, "peers.py"), library, chunks, str(items)]
    ranks = RANKS
    if library == "mpi4py":  # its rank 0 hands out
        ranks += 1
        command = ["mpirun", "-n", str(ranks), PYTHON, "-m", "mpi4py.futures", *command[1:]]
    settings = {**settings_for(ranks), "BENCH_RANKS": str(RANKS)}
    return Contestant(name, command, settings), items, library


def ours(bench, name, program, *arguments, items):
    return bench.mpi(program, *arguments, items, label=name), items, None


def is_there(library):
    look = f"import importlib.util as util, sys; sys.exit(util.find_spec('{MODULES[library][0]}') is None)"
    return run([PYTHON, "-c", look], time_out=60)[0] == 0


def print_rates(bench, title, rows):
    """The first contestant is what the others are compared with."""
    missing = {library for _, _, library in rows if library and not is_there(library)}
    for library in sorted(missing):
        print(f"\nWithout {library}, which is not installed; apt-get install {MODULES[library][1]}")
    rows = [row for row in rows if row[2] not in missing]
    seconds = bench.one_number([contestant for contestant, _, _ in rows])
    rates = [[items / one for one in own] for (_, items, _), own in zip(rows, seconds)]
    table = [[f"tasks of nothing, {title}", "items", "tasks/s", "ratio"]]
    for (contestant, items, _), own in zip(rows, rates):
        rate = rounded(statistics.median(own))
        table.append([contestant.name, f"{items:,}", rate, rounded(median_ratio(own, rates[0]), 2)])
    print_table(table)


def peers(bench):
    """One item at a time: multiprocessing, joblib, dask, ipyparallel, mpi4py, MPI by hand, cohort."""
    less = bench.sized(1, 10)
    print_rates(bench, "one at a time", [
        peer("multiprocessing imap_unordered", "multiprocessing", "one", 50_000 // less),
        peer("joblib, batch_size=1", "joblib", "one", 5_000 // less),
        peer("dask.distributed map", "dask", "one", 2_000 // less),
        peer("ipyparallel load-balanced map", "ipyparallel", "one", 1_000 // less),
        peer("mpi4py.futures map", "mpi4py", "one", 20_000 // less),
        ours(bench, "MPI master and worker", "floors", "master_worker", items=1_000_000 // less),
        *(ours(bench, f"cohort {call}", "tasks", call, "one", items=10_000_000 // less) for call in CALLS),
        ours(bench, "bare shared atomic", "floors", "shared_atomic", items=100_000_000 // less),
    ])


def chunks(bench):
    """In chunks of their own choice: multiprocessing, joblib, cohort."""
    less = bench.sized(1, 10)
    print_rates(bench, "in chunks of their own choice", [
        peer("multiprocessing map", "multiprocessing", "auto", 5_000_000 // less),
        peer("joblib, batch_size='auto'", "joblib", "auto", 200_000 // less),
        *(ours(bench, f"cohort {call}", "tasks", call, "auto", items=10_000_000 // less) for call in CALLS),
    ])


TABLES = {"peers": peers, "chunks": chunks}

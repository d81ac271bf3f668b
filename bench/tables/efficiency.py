"""Efficiency: what of the ranks' time goes into the tasks (bench/efficiency.cpp says what the floor is)."""

import statistics

from measuring import RANKS, median_ratio, print_table

CALLS = ["for_each", "map", "map_reduce"]

# Microseconds a task, and how many of them make a call long enough for others' disturbances to be rare in it.
TASKS = {1: 1_000_000, 10: 100_000, 100: 10_000, 1000: 1_000}


def efficiency(bench):
    """Tasks of 1 to 1000 us, constant and Pareto, beside the same tasks in the best split without a library."""
    table = [[f"efficiency on {RANKS} ranks, tasks of", "tasks", "floor, s", *CALLS]]
    for microseconds, tasks in TASKS.items():
        items = tasks // bench.sized(1, 10)
        for distribution in ("constant", "pareto"):
            name = f"{microseconds} us, {distribution}"
            program = bench.mpi("efficiency", microseconds, distribution, items, bench.repetitions, label=name)
            columns = bench.columns(program)
            shares = [median_ratio(columns[2 * call], columns[2 * call + 1]) for call in range(len(CALLS))]
            floor = statistics.median(columns[0] + columns[2] + columns[4])
            table.append([name, f"{items:,}", f"{floor:.3f}", *(f"{share:.3f}" for share in shares)])
    print_table(table)


TABLES = {"efficiency": efficiency}

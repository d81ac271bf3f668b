"""Waiting: what idle ranks cost, how soon they are back at work, and what starting takes (bench/waiting.cpp)."""

import statistics

from measuring import CORES, percent, print_table
from tables.nodes import on_nodes


def idle(bench):
    """What a rank uses of a core that waits while another has a task of 2 s."""
    seconds = bench.sized(2, 0.4)
    rounds = min(bench.repetitions, 5)
    on_2_x_4, how = on_nodes(bench, 2, 4)
    places = {
        "2 ranks": lambda *arguments: bench.mpi(*arguments, ranks=2),
        f"8 ranks, {CORES} cores": lambda *arguments: bench.mpi(*arguments, ranks=8),
        f"2 nodes of 4 ranks ({how})": on_2_x_4,
    }
    halves = [f"first {seconds / 2:g} s", f"next {seconds / 2:g} s"]
    table = [["of a core, the waiting rank that uses most, in the", *halves]]
    for name, place in places.items():
        columns = bench.columns(place("waiting", "idle", seconds, rounds))
        table.append([name, *(percent(statistics.median(column)) for column in columns)])
    print_table(table)


def calls(bench):
    """Calls of a task a rank, back to back, beside MPI_Barrier and MPI_Allreduce."""
    titles = ["MPI_Barrier", "MPI_Allreduce", "for_each", "map", "map_reduce"]
    table = [["us a call, back to back", *titles]]
    for ranks, full, quick in ((2, 20_000, 2_000), (8, 1_000, 100)):
        name = f"{ranks} ranks, {CORES} cores"
        program = bench.mpi("waiting", "calls", bench.sized(full, quick), bench.repetitions, ranks=ranks, label=name)
        table.append([name, *(f"{statistics.median(column):.2f}" for column in bench.columns(program))])
    print_table(table)


def start(bench):
    """cohort::run and a first call beside MPI_Init, a barrier and MPI_Finalize."""
    table = [["from main to its end, ms", "MPI alone", "cohort::run, map_reduce", "difference", "outside MPI_Init and _Finalize"]]
    for ranks in (2, 8):
        pair = [bench.mpi("floors", "start", 0, ranks=ranks), bench.mpi("waiting", "start", ranks=ranks)]
        floors, ours = ([[1e3 * time for time in lines[0]] for lines in own] for own in bench.interleaved(pair))
        alone = [times[0] for times in floors]
        whole, own = zip(*ours)
        more = [one - other for one, other in zip(whole, alone)]
        figures = [f"{statistics.median(times):.1f}" for times in (alone, whole, more, own)]
        table.append([f"{ranks} ranks, {CORES} cores", *figures])
    print_table(table)


TABLES = {"waiting-idle": idle, "waiting-calls": calls, "waiting-start": start}

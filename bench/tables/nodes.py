"""Nodes: how much of all ranks' time goes into tasks where the ranks are on several nodes (bench/nodes.cpp)."""

import functools
import os
import statistics

from measuring import SUPPORT, Contestant, percent, print_table, run, settings_for


@functools.lru_cache(maxsize=None)
def virtual_nodes_work(program, nodes, ranks):
    """Whether tests/support/virtual_nodes is there and gives what it promises: hosts to MPI, TCP between them."""
    helper = os.path.join(SUPPORT, "virtual_nodes")
    if not os.path.exists(helper):
        return False
    command = virtual(nodes, ranks, [program, "layout"])
    status, text = run(command, settings_for(nodes * ranks), 60)
    return status == 0 and text.split() == [str(nodes), str(nodes * ranks)]


def virtual(nodes, ranks, command):
    helper = os.path.join(SUPPORT, "virtual_nodes")
    return [helper, "--nodes", str(nodes), "--ranks", str(ranks), "--", *command]


def on_nodes(bench, nodes, ranks):
    """How to run a program of ours on nodes of so many ranks each, and how the nodes are made."""
    settings = settings_for(nodes * ranks)
    more = ["--mca", "btl", "tcp,self", "-x", f"COHORT_RANKS_PER_NODE={ranks}"]

    def on_virtual(name, *arguments):
        return Contestant(name, virtual(nodes, ranks, bench.program(name, *arguments)), settings)

    def on_pretended(name, *arguments):
        return bench.mpi(name, *arguments, ranks=nodes * ranks, more=more)

    if virtual_nodes_work(bench.program("nodes")[0], nodes, ranks):
        return on_virtual, "virtual, TCP between"
    return on_pretended, "pretended, TCP between all"


def nodes(bench):
    """Grains of 100 us, tasks of 1 s and 200 tasks that sleep 25 to 75 ms, on 2 nodes of 4 ranks and 4 of 2."""
    rounds = bench.repetitions
    work = {
        "100 us, computed": ("computed", 100, bench.sized(40_000, 4_000), rounds),
        "1 s, computed": ("computed", bench.sized(1_000_000, 50_000), 16, min(rounds, 3)),
        "1 s, asleep": ("asleep", *bench.sized((1000, 1000), (100, 100)), 24, min(rounds, 3)),
        "25 to 75 ms, asleep": ("asleep", *bench.sized((25, 75), (2.5, 7.5)), 200, rounds),
    }
    how = ""
    rows = []
    for count, ranks in ((2, 4), (4, 2)):
        place, how = on_nodes(bench, count, ranks)
        for name, arguments in work.items():
            share, balance, floor = zip(*bench.interleaved([place("nodes", *arguments)], 1)[0][0])
            figures = [statistics.median(own) for own in (share, balance)]
            asleep = arguments[0] == "asleep"
            best = [percent(floor[0]), ""] if asleep else ["", f"{statistics.median(floor):.3f}"]
            rows.append([f"{count} x {ranks}, {name}", *map(percent, figures), *best])
    titles = ["inside tasks", "Balance's efficiency", "best in order", "blocks' time / wall time"]
    print_table([[f"nodes {how}; tasks of", *titles], *rows])


TABLES = {"nodes": nodes}

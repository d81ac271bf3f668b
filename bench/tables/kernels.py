"""The kernels of the programs, on one core: each path beside its limit and its peers.

What a kernel does in a second of one core, which share that is of what the processor could do at best, and how many times
faster than each peer it is. The rows of a program are in kernels_<program>.py, as a list KERNELS of Kernel.
"""

import os
import statistics
from collections import namedtuple

from measuring import median_ratio, percent, print_table, rounded

# `unit` is what is counted; `paths` are contestants of ours by path, which print items per second and a limit (or 0);
# `peers` are contestants by name, which print items per second.
Kernel = namedtuple("Kernel", "name unit paths peers")


def paths_here():
    """Those that this processor has."""
    with open("/proc/cpuinfo") as file:
        flags = next((line for line in file if line.startswith("flags")), "").split()
    paths = ["portable"]
    if {"avx2", "fma", "bmi2"} <= set(flags):
        paths.append("avx2")
        if {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512ifma", "avx512_vbmi", "avx512_vbmi2", "avx512_vpopcntdq"} <= set(flags):
            paths.append("avx512")
    return paths


def with_unit(items_per_second):
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if items_per_second >= size:
            return f"{rounded(items_per_second / size)} {letter}/s"
    return f"{rounded(items_per_second)} /s"


def located(bench, contestant):
    """Programs of ours where they were built."""

    def place(word):
        return os.path.join(bench.folder, "bench", word) if word.startswith("bench_") else word

    return contestant._replace(command=[place(word) for word in contestant.command])


def rows_of(bench, kernel):
    """A line for each path; all that are compared run in turn."""
    contestants = [located(bench, contestant) for contestant in (*kernel.paths.values(), *kernel.peers.values())]
    results = bench.interleaved(contestants)
    own, peers = results[: len(kernel.paths)], results[len(kernel.paths) :]
    peer_speeds = [[lines[0][0] for lines in peer] for peer in peers]
    rows = []
    for path, repetitions in zip(kernel.paths, own):
        speeds = [lines[0][0] for lines in repetitions]
        limit = statistics.median(lines[0][1] for lines in repetitions)
        times = [f"{rounded(median_ratio(speeds, peer))} x {name}" for name, peer in zip(kernel.peers, peer_speeds)]
        rows.append(
            [
                f"{kernel.name}, {path}",
                kernel.unit,
                with_unit(statistics.median(speeds)),
                percent(statistics.median(speeds) / limit) if limit > 0 else "",
                ", ".join(times),
            ]
        )
    return rows


def table(bench, kernels):
    rows = [["kernel, path", "counted", "speed of a core", "of its limit", "beside peers"]]
    for kernel in kernels:
        rows.extend(rows_of(bench, kernel))
    print_table(rows)

"""Running what is compared, and printing what came out.

A contestant is a command that prints plain numbers. Machines are noisy, so all contestants of a table run one after the
other, then all again, and so on; figures are medians over the repetitions, and so are ratios: each compares only what ran
within seconds of each other. Nothing outlives its command: it runs under tests/support/run_with_stacks.py, which ends
whatever is left of it, in time.
"""

import os
import signal
import statistics
import subprocess
import sys
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SUPPORT = os.path.join(ROOT, "tests", "support")
PYTHON = "/usr/bin/python3"  # the system's, which has the peers
CORES = len(os.sched_getaffinity(0))
RANKS = int(os.environ.get("BENCH_RANKS", "2"))  # as many as tables are about that say nothing else

# A command that prints numbers, and the settings that it needs beside those of all.
Contestant = namedtuple("Contestant", "name command settings", defaults=[{}])

# Seconds after which a command hangs.
TIME_OUT = 600


def settings_for(ranks):
    """As root too, without leaving the machine; and with fewer cores than ranks, which then have to give way to each other."""
    settings = {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_hwloc_base_binding_policy": "none",
        "OMPI_MCA_btl_tcp_if_include": "lo",
        "OMPI_MCA_oob_tcp_if_include": "lo",
        "OMPI_MCA_btl_vader_single_copy_mechanism": "none",  # containers do not have it; else every message warns
    }
    if CORES < ranks:
        settings.update({"OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1"})
    return settings


def run(command, settings=None, time_out=TIME_OUT):
    """The exit status and what was printed. What is left of the command when it ends, or this program does, is ended."""
    watch = [sys.executable, os.path.join(SUPPORT, "run_with_stacks.py"), "--timeout", str(time_out), "--", *command]
    child = subprocess.Popen(watch, env={**os.environ, **(settings or {})}, stdout=subprocess.PIPE, text=True)
    try:
        text, _ = child.communicate()
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            child.wait()
    return child.returncode, text


def numbers_of(contestant):
    """A list of numbers for each line that it prints."""
    status, text = run(contestant.command, contestant.settings)
    if status != 0:
        sys.exit(f"bench/run: {' '.join(contestant.command)} ended with {status}\n{text}")
    return [[float(word) for word in line.split()] for line in text.splitlines()]


class Bench:
    """What tables are made with."""

    def __init__(self, folder, repetitions, quick):
        self.folder = folder
        self.repetitions = repetitions
        self.quick = quick

    def sized(self, full, quick):
        return quick if self.quick else full

    def program(self, name, *arguments):
        return [os.path.join(self.folder, "bench", f"bench_{name}"), *map(str, arguments)]

    def mpi(self, name, *arguments, ranks=RANKS, label="", more=()):
        """A program of ours on so many ranks."""
        command = ["mpirun", *more, "-n", str(ranks), *self.program(name, *arguments)]
        return Contestant(label or name, command, settings_for(ranks))

    def interleaved(self, contestants, repetitions=None):
        """By contestant, and by repetition: the lines of numbers."""
        results = [[] for _ in contestants]
        repetitions = repetitions or self.repetitions
        for repetition in range(repetitions):
            for own, contestant in zip(results, contestants):
                if sys.stderr.isatty():
                    print(f"\r{repetition + 1}/{repetitions} {contestant.name:60}\r", end="", file=sys.stderr, flush=True)
                own.append(numbers_of(contestant))
        return results

    def one_number(self, contestants):
        """By contestant, and by repetition: the one number that it prints."""
        return [[lines[0][0] for lines in own] for own in self.interleaved(contestants)]

    def columns(self, contestant):
        """Of a program that repeats by itself, a line for each round: its numbers by place."""
        return list(zip(*self.interleaved([contestant], 1)[0][0]))


def median_ratio(numerators, denominators):
    return statistics.median(one / other for one, other in zip(numerators, denominators))


def rounded(value, digits=3):
    """So many digits and no more, without an exponent."""
    short = float(f"{value:.{digits}g}")
    return f"{short:,.0f}" if abs(short) >= 10 ** (digits - 1) else f"{short:g}"


def percent(share):
    return f"{100 * share:.1f} %"


def print_table(rows):
    """Markdown that can be read as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(row):
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths))
        return "| " + " | ".join([first.strip().ljust(widths[0]), *rest]) + " |"

    rule = "| " + " | ".join(["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]) + " |"
    print("", line(rows[0]), rule, *map(line, rows[1:]), sep="\n", flush=True)

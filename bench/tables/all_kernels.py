"""One table of all kernels; each program's rows are in a file of its own."""

import importlib
import os

from tables.kernels import table

PARTS = ["pi", "trial", "primes64", "sieve", "julia", "store"]


def all_of_them():
    here = os.path.dirname(os.path.abspath(__file__))
    for part in PARTS:
        if os.path.exists(os.path.join(here, f"kernels_{part}.py")):
            yield from importlib.import_module(f"tables.kernels_{part}").KERNELS


def kernels(bench):
    """Each kernel on each path: items per second of a core, share of its limit, ratio to peers."""
    wishes = tuple(os.environ.get("BENCH_KERNELS", "").split())
    table(bench, [kernel for kernel in all_of_them() if not wishes or kernel.name.startswith(wishes)])


TABLES = {"kernels": kernels}

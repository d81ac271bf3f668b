"""Primes counted, listed and printed; peers are primesieve, primecount and fmt. Rows named `two ranks` are whole commands."""

import shutil

from measuring import Contestant, settings_for
from tables.kernels import Kernel

PROGRAM = "bench_kernels_sieve"


def contestant(name):
    return Contestant(name, [PROGRAM, name, "portable"], settings_for(2))


def on_two_ranks(title, name, tool):
    peers = {f"{tool} -t2": contestant(f"{name}-{tool}")} if shutil.which(tool) else {}
    return Kernel(f"two ranks: {title}", "numbers", {"whole command": contestant(name)}, peers)


def listed(numbers, name):
    peers = {"8 bytes each to the disk": contestant(f"{name}-disk")}
    if shutil.which("primesieve"):
        peers["primesieve -t2, counting"] = contestant(f"{name}-primesieve")
    return Kernel(f"two ranks: list {numbers} to a file", "primes", {"whole command": contestant(name)}, peers)


KERNELS = [
    Kernel("count 1e12 +1e9", "numbers", {"portable": contestant("count")}, {"primesieve": contestant("count-primesieve")}),
    Kernel("list 1e12 +1e8", "primes", {"portable": contestant("list")}, {"primesieve": contestant("list-primesieve")}),
    Kernel("primes as lines", "primes", {"portable": contestant("lines")}, {"fmt": contestant("lines-fmt")}),
    on_two_ranks("sieve 1e11", "sieve-1e11", "primesieve"),
    on_two_ranks("sieve 1e18 +1e10", "sieve-1e18", "primesieve"),
    listed("1e12 +4e9", "file-1e12"),
    listed("1e15 +8e9", "file-1e15"),
    listed("1e18 +4e9", "file-1e18"),
    on_two_ranks("count 1e15", "count-1e15", "primecount"),
]

"""64-bit numbers tested for primality, half of all and primes, and products of two primes of 32 bits factored; a list of these by two ranks."""

import shutil

from measuring import Contestant, settings_for
from tables.kernels import Kernel, paths_here

PROGRAM = "bench_kernels_primes64"


def contestant(name, path="portable"):
    return Contestant(f"{name} {path}", [PROGRAM, name, path], settings_for(2))


def kernel(title, name):
    return Kernel(
        title,
        "numbers",
        {path: contestant(name, path) for path in paths_here()},
        {"FLINT": contestant(f"flint-{name}")},
    )


KERNELS = [
    kernel("test of odd numbers", "test-odd"),
    kernel("test of primes", "test-prime"),
    kernel("factors of semiprimes", "factor"),
    # Of its numbers per second: GNU factor is given 2000.
    Kernel(
        "two ranks: factors of 1e5 semiprimes",
        "numbers",
        {"whole command": contestant("list")},
        {"GNU factor": contestant("gnu-list")} if shutil.which("factor") else {},
    ),
]

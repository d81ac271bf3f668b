"""Integers that trial division covers near the root of a number of 64 bits, beside a remainder for each candidate."""

from measuring import Contestant
from tables.kernels import Kernel, paths_here

PROGRAM = "bench_kernels_trial"


def contestant(name, path="portable"):
    return Contestant(f"{name} {path}", [PROGRAM, name, path])


KERNELS = [
    Kernel(
        "trial division",
        "integers",
        {path: contestant("trial", path) for path in paths_here()},
        {"n % i, odd": contestant("odd"), "n % i, 8 in 30": contestant("wheel")},
    )
]

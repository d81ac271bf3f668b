"""64-bit numbers tested for primality, half of all and primes, and products of two primes of 32 bits factored."""

from measuring import Contestant
from tables.kernels import Kernel, paths_here

PROGRAM = "bench_kernels_primes64"


def contestant(name, path="portable"):
    return Contestant(f"{name} {path}", [PROGRAM, name, path])


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
]

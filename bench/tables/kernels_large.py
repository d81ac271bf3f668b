"""Numbers above 64 bits: products of two primes of one size factored, primes tested and proved."""

import glob
import shutil

from measuring import Contestant
from tables.kernels import Kernel

PROGRAM = "bench_kernels_large"
WITH_PARI = bool(glob.glob("/usr/include/**/pari/pari.h", recursive=True))


def contestant(name):
    return Contestant(name, [PROGRAM, name, "portable"])


def kernel(title, name, peers):
    return Kernel(title, "numbers", {"portable": contestant(name)}, {peer: contestant(f"{peer.split()[0].lower()}-{name}") for peer in peers})


PARI = ["PARI"] if WITH_PARI else []
GNU = ["GNU factor"] if shutil.which("factor") else []

# GNU factor takes seconds above 96 bits.
KERNELS = [
    *(kernel(f"factors of {bits} bits", f"factor-{bits}", ["FLINT", *PARI, *(GNU if bits <= 96 else [])]) for bits in (80, 96, 112, 128, 160)),
    *(kernel(f"probable primes of {bits} bits", f"test-{bits}", ["FLINT", "GMP"]) for bits in (66, 96, 333)),
    *(kernel(f"proofs of {bits} bits", f"prove-{bits}", ["FLINT", *PARI]) for bits in (66, 96, 333)),
]

"""One table of all kernels; each program's rows are in a file of its own."""

import os

from tables import kernels_julia, kernels_large, kernels_pi, kernels_primes64, kernels_sieve, kernels_store, kernels_trial
from tables.kernels import table

PARTS = [kernels_pi, kernels_trial, kernels_primes64, kernels_large, kernels_sieve, kernels_julia, kernels_store]


def kernels(bench):
    """Each kernel on each path: items per second of a core, share of its limit, ratio to peers."""
    wishes = tuple(os.environ.get("BENCH_KERNELS", "").split())
    chosen = [kernel for part in PARTS for kernel in part.KERNELS if not wishes or kernel.name.startswith(wishes)]
    table(bench, chosen)


TABLES = {"kernels": kernels}

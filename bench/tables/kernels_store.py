"""Outputs of a core, compressed into a file: beside HDF5's own filters at the same level, and libpng as programs use it."""

from measuring import Contestant
from tables.kernels import Kernel

PROGRAM = "bench_kernels_store"


def contestant(name):
    return Contestant(name, [PROGRAM, name, "portable"])


KERNELS = [
    Kernel("store counts", "bytes", {"as cohort does": contestant("counts")}, {"HDF5 gzip-1": contestant("counts_hdf5")}),
    Kernel("store primes", "bytes", {"as cohort does": contestant("primes")}, {"HDF5 shuffle, gzip-1": contestant("primes_hdf5")}),
    Kernel("store picture", "bytes", {"zlib": contestant("picture")}, {"libpng": contestant("picture_libpng")}),
]

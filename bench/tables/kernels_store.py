"""Outputs of a core, compressed into a file: beside HDF5's own filters at the same level, and libpng as programs use it."""

from measuring import Contestant, settings_for
from tables.kernels import Kernel

PROGRAM = "bench_kernels_store"


def contestant(name):
    return Contestant(name, [PROGRAM, name, "portable"])


def together(way):
    return Contestant(f"compressed {way}", ["mpirun", "-n", "2", "bench_compressed", way], settings_for(2))


KERNELS = [
    Kernel("store counts", "bytes", {"as cohort does": contestant("counts")}, {"HDF5 gzip-1": contestant("counts_hdf5")}),
    Kernel("store primes", "bytes", {"as cohort does": contestant("primes")}, {"HDF5 shuffle, gzip-1": contestant("primes_hdf5")}),
    Kernel("store picture", "bytes", {"zlib": contestant("picture")}, {"libpng": contestant("picture_libpng")}),
    Kernel(
        "two ranks: counts compressed",
        "bytes",
        {"written by ranks": together("ranks")},
        {"collective HDF5": together("collective"), "through the root": together("root")},
    ),
]

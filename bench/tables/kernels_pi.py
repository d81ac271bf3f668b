"""Darts of a core by each generator; peers are Random123, which throws the same, the C++ library's mt19937_64, and numpy."""

import importlib.util
import os

from measuring import HERE, PYTHON, Contestant
from tables.kernels import Kernel, paths_here

PROGRAM = "bench_kernels_pi"


def contestant(name, path="portable"):
    return Contestant(f"{name} {path}", [PROGRAM, name, path])


PEERS = {"mt19937_64": contestant("mt19937_64")}
if os.path.exists("/usr/include/Random123/philox.h"):
    PEERS["Random123"] = contestant("random123")
if importlib.util.find_spec("numpy"):
    PEERS["numpy"] = Contestant("numpy", [PYTHON, os.path.join(HERE, "darts.py"), "Philox"])

KERNELS = [
    Kernel(f"darts {name}", "darts", {path: contestant(name, path) for path in paths_here()}, PEERS)
    for name in ("philox4x32-10", "mwc52")
]

"""Steps of a Julia set by a core; peers are the book's loop in C++, and by numba."""

import importlib.util
import os

from measuring import HERE, PYTHON, Contestant
from tables.kernels import Kernel, paths_here

PROGRAM = "bench_kernels_julia"
VIEWS = {"book": "the book's view", "inside": "inside, cycles found", "no_cycles": "inside, no cycles"}


def contestant(name, path="portable"):
    return Contestant(f"{name} {path}", [PROGRAM, name, path])


def peers(view):
    found = {"plain C++": contestant(f"plain_{view}")}
    if importlib.util.find_spec("numba"):
        found["numba"] = Contestant(f"numba {view}", [PYTHON, os.path.join(HERE, "julia.py"), view])
    return found


def paths(arithmetic):
    """Without the instruction, fused operations are the library's: exact, and nothing to compare."""
    return [path for path in paths_here() if arithmetic == "ieee" or path != "portable"]


KERNELS = [
    Kernel(
        f"julia {arithmetic}, {title}",
        "steps",
        {path: contestant(f"{view}_{arithmetic}", path) for path in paths(arithmetic)},
        peers(view),
    )
    for view, title in VIEWS.items()
    for arithmetic in ("ieee", "fma")
]
